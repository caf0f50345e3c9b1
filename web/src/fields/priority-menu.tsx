import type { Priority as PriorityWord } from 'baton-sdk';
import { MenuChoice } from '../ui/menu.tsx';
import { Priority, priorities, priorityName } from '../ui/status.tsx';
import { FieldMenu, type Opened, type Where } from './menu.tsx';

interface PriorityMenuProps extends Opened {
  where: Where;
  value: PriorityWord;
  onChange: (value: PriorityWord) => void;
}

/** The priorities, the highest first. */
export function PriorityMenu({ value, onChange, ...rest }: PriorityMenuProps) {
  const options = priorities.toReversed().map((one, index) => ({
    value: one,
    label: priorityName(one),
    drawn: <Priority value={one} word />,
    digit: (index + 1) % priorities.length, // none is the last, and has the digit 0
  }));
  return (
    <FieldMenu {...rest}>
      <MenuChoice value={value} options={options} onChange={onChange} />
    </FieldMenu>
  );
}

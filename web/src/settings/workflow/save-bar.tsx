import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Icon } from '../../ui/icon.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { focusSection } from '../frame.tsx';
import type { Change } from './compare.ts';
import type { Definition } from './definition.ts';
import type { Fault } from './faults.ts';
import type { Edited } from './use-draft.ts';
import type { Saving } from './use-save.ts';
import { changeInWords, nameIn, resolutionName } from './words.ts';

/** The controls with a decision that the person must make before saving. */
const in_the_way = '[data-theirs] button, [data-in-use] select';

interface SaveBarProps {
  edited: Edited;
  changes: readonly Change[];
  faults: readonly Fault[];
  saving: Saving;
}

/** The unsaved changes, the faults in them, and the button that saves them. */
export function SaveBar({ edited, changes, faults, saving }: SaveBarProps) {
  const { draft, changed_at, change, discard } = edited;
  const { busy, failure, losing, save, forget } = saving;
  const all = [draft.mine, draft.base];
  if (changes.length === 0) return null;
  // The bar disappears after saving, and with it the focused button; the heading gets the focus. If a decision is
  // missing, its control does.
  const saveNow = async (on_stale: 'refuse' | 'clear') => {
    if (await save(on_stale)) focusSection('picture');
    else setTimeout(() => document.querySelector<HTMLElement>(in_the_way)?.focus(), 50);
  };
  const drop = () => {
    forget();
    discard();
    focusSection('picture');
    toast({ text: t('Your changes are dropped'), action: { label: t('Undo'), run: () => change(draft) } });
  };
  return (
    <section className="save-bar" aria-label={t('Changes that are not saved')}>
      <Refused failure={failure} faults={faults} definitions={all} />
      <div className="save-row">
        <details className="save-changes">
          <summary>
            {t('{count, plural, one {# change} other {# changes}} not saved', { count: changes.length })}
            {changed_at !== undefined && (
              <span className="entry-more">
                {' '}
                · {t('kept here')} <Time at={new Date(changed_at).toISOString()} />
              </span>
            )}
          </summary>
          <ul>
            {changes.map((one) => (
              <li key={JSON.stringify(one.part)}>{changeInWords(one, all)}</li>
            ))}
          </ul>
        </details>
        <div className="entry-acts">
          <Button aria-label={t('Drop the changes')} onClick={drop}>
            {t('Drop')}
          </Button>
          <Button
            kind="primary"
            aria-label={t('Save the workflow')}
            busy={busy}
            disabled={faults.length > 0}
            onClick={() => void saveNow('refuse')}
          >
            {t('Save')}
          </Button>
        </div>
      </div>
      {losing.length > 0 && (
        <Losing losing={losing} definitions={all} onConfirm={() => saveNow('clear')} onClose={forget} />
      )}
    </section>
  );
}

interface RefusedProps {
  failure: Saving['failure'];
  faults: readonly Fault[];
  definitions: readonly Definition[];
}

/** What the server has refused, and what it would refuse. */
const Refused = ({ failure, faults, definitions }: RefusedProps) => (
  <>
    <div role="alert">
      {failure !== undefined && (
        <div className="notice notice-danger">
          <Icon name="warning" />
          <div>
            <strong>{failure.title}.</strong> {failure.details.length === 0 ? failure.detail : ''}
            {failure.details.map((detail) => (
              <p key={detail}>{detail}</p>
            ))}
          </div>
        </div>
      )}
    </div>
    {faults.length > 0 && (
      <ul className="save-faults">
        {faults.map(({ at, says }) => (
          <li key={says + JSON.stringify(at)} className="field-fault">
            <Icon name="warning" />{' '}
            {at !== undefined && 'status' in at
              ? t('{name}: {says}', { name: nameIn(definitions, at.status), says })
              : says}
          </li>
        ))}
      </ul>
    )}
  </>
);

interface LosingProps {
  losing: Saving['losing'];
  definitions: readonly Definition[];
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before tickets lose their resolution. */
const Losing = ({ losing, definitions, onConfirm, onClose }: LosingProps) => (
  <Confirm
    title={t('Some tickets would lose their resolution')}
    act={t('Save, and clear them')}
    acting={t('Saving…')}
    onConfirm={onConfirm}
    onClose={onClose}
  >
    <p>{t('Only tickets that are done have a resolution. These would not be done any more:')}</p>
    <ul>
      {losing.map(({ status, resolution, tickets }) => (
        <li key={`${status} ${resolution}`}>
          {t('{tickets, plural, one {# ticket} other {# tickets}} in {name} with {resolution}', {
            tickets,
            name: nameIn(definitions, status),
            resolution: resolutionName(resolution),
          })}
        </li>
      ))}
    </ul>
  </Confirm>
);

import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import { load_trouble, type LoadTrouble } from './lazily.ts';
import { t } from './text.ts';
import { useCell } from './use-cell.ts';
import './load-trouble.css';

const says: Record<LoadTrouble, () => string> = {
  unreachable: () => t('Not connected. What you opened is loaded as soon as the server can be reached.'),
  newer: () => t('A newer version of Baton is there. What you typed is kept.'),
  same: () => t('What you opened could not be loaded.'),
};

/** Says, above everything else, why a part of the page is missing. */
export function LoadTroubleNotice() {
  const trouble = useCell(load_trouble);
  if (trouble === undefined) return null;
  const { why, again } = trouble;
  return (
    <div className="load-trouble" role="alert">
      <Icon name="warning" />
      <p>{says[why]()}</p>
      {why === 'newer' ? (
        <Button kind="primary" onClick={() => location.reload()}>
          {t('Reload')}
        </Button>
      ) : (
        <Button onClick={again}>{t('Try again')}</Button>
      )}
    </div>
  );
}

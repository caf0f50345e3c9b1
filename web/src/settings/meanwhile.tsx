import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';

/** A value that somebody else has changed since the person opened it. */
export interface Difference {
  what: string;
  was: string;
  yours: string;
  theirs: string;
}

interface MeanwhileProps {
  says: string;
  rows: readonly Difference[];
}

/**
 * Shows what somebody else has saved in the meantime, beside what is typed here. Nothing is overwritten before the
 * person has chosen.
 */
export function Meanwhile({ says, rows }: MeanwhileProps) {
  return (
    <div className="meanwhile">
      <p className="meanwhile-says" role="alert">
        <Icon name="warning" /> {says}
      </p>
      <div className="scrolls">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('What')}</th>
              <th scope="col">{t('Was')}</th>
              <th scope="col">{t('Yours')}</th>
              <th scope="col">{t('Theirs')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ what, was, yours, theirs }) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td>{was}</td>
                <td>{yours}</td>
                <td>{theirs}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

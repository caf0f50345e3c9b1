import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';
import { asking, leaveNow } from './sign-out.ts';

/** Asks before signing out if there are unsent texts. */
export default function LeaveDialog() {
  const count = useCell(asking);
  const close = () => asking.set(undefined);
  const says = t(
    '{count, plural, one {# draft is} other {# drafts are}} not sent. Drafts stay in this browser, and are there again when you sign in here.',
    {
      count: count ?? 0,
    },
  );
  return (
    <Dialog open={count !== undefined} title={t('Sign out with drafts?')} description={says} onClose={close}>
      <div className="form-end">
        <Button kind="danger" onClick={() => void leaveNow()}>
          {t('Sign out')}
        </Button>
        <Button onClick={close}>{t('Stay')}</Button>
      </div>
    </Dialog>
  );
}

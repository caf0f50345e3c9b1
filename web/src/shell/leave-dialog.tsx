import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';
import { asking, leaveNow } from './sign-out.ts';

/** Asks before signing out if there are unsent texts or files. */
export default function LeaveDialog() {
  const { texts, files } = useCell(asking) ?? { texts: 0, files: 0 };
  const close = () => asking.set(undefined);
  const of_texts = t(
    '{count, plural, one {# draft is} other {# drafts are}} not sent. Drafts stay in this browser, and are there again when you sign in here.',
    { count: texts },
  );
  const of_files = t('{count, plural, one {# file is} other {# files are}} still being sent, and would not be added.', {
    count: files,
  });
  const says = [...(files > 0 ? [of_files] : []), ...(texts > 0 ? [of_texts] : [])].join(' ');
  const title = texts > 0 ? t('Sign out with drafts?') : t('Sign out before the files are sent?');
  return (
    <Dialog open={texts + files > 0} title={title} description={says} onClose={close}>
      <div className="form-end">
        <Button kind="danger" onClick={() => void leaveNow()}>
          {t('Sign out')}
        </Button>
        <Button onClick={close}>{t('Stay')}</Button>
      </div>
    </Dialog>
  );
}

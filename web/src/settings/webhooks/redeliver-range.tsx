import { type At, redeliver } from '../../api/webhooks.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { t } from '../../ui/text.ts';
import { toast } from '../../ui/toast.tsx';

interface RedeliverRangeProps {
  at: At;
  range: { from: string; to: string };
  onQueued: () => void;
  onClose: () => void;
}

/** Sends all matching events of a range again. */
export function RedeliverRange({ at, range, onQueued, onClose }: RedeliverRangeProps) {
  const send = async ({ from = '', to = '' }) => {
    const queued = await redeliver(at, { from: from.trim(), to: to.trim() });
    onClose();
    onQueued();
    toast({
      text: t(
        '{queued, plural, =0 {Nothing to send again} one {# event is sent again} other {# events are sent again}}',
        { queued },
      ),
    });
  };
  return (
    <Dialog
      open
      title={t('Send a range again')}
      description={t(
        'All events in the range that the webhook is for, delivered or not, but at most 1,000. Messages keep their ids.',
      )}
      onClose={onClose}
    >
      <Form submit={t('Send again')} sending={t('Queuing…')} onSubmit={send}>
        <TextField
          label={t('From the event at')}
          name="from"
          autoComplete="off"
          inputMode="numeric"
          defaultValue={range.from}
          hint={t('The offset of an event, which is in its message as data.offset.')}
        />
        <TextField
          label={t('To the event at')}
          name="to"
          autoComplete="off"
          inputMode="numeric"
          defaultValue={range.to}
        />
      </Form>
    </Dialog>
  );
}

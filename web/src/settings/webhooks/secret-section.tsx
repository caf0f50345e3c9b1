import { useQueryClient } from '@tanstack/react-query';
import type { Webhook } from 'baton-sdk';
import { useState } from 'react';
import { type At, rotateSecret } from '../../api/webhooks.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Form } from '../../ui/form.tsx';
import { Secret, useSecret } from '../../ui/secret.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { Section } from '../frame.tsx';

interface SecretSectionProps {
  at: At;
  webhook: Webhook;
  may: boolean;
}

/** The secret that signs messages. It can be replaced, but not read. */
export function SecretSection({ at, webhook: { previous_secret_until }, may }: SecretSectionProps) {
  const [rotating, setRotating] = useState(false);
  const [secret, show, forget] = useSecret<string>();
  const is_double = previous_secret_until !== null && new Date(previous_secret_until) > new Date();
  return (
    <Section
      title={t('Secret')}
      name="secret"
      says={t('Messages are signed with it. Replace it if somebody who should not know it might know it.')}
      act={
        <Button disabled={!may} onClick={() => setRotating(true)}>
          {t('Replace the secret…')}
        </Button>
      }
    >
      {is_double && (
        <p className="section-says">
          {t('Messages are also signed with the previous secret until')} <Time at={previous_secret_until} />.
        </p>
      )}
      {secret !== undefined && (
        <Secret
          label={t('The new secret')}
          says={t('Give it to the receiver now: it is shown this once.')}
          value={secret}
          onDone={forget}
        />
      )}
      {rotating && (
        <Rotate
          at={at}
          onRotated={(next) => {
            show(next);
            setRotating(false);
          }}
          onClose={() => setRotating(false)}
        />
      )}
    </Section>
  );
}

const hour_s = 3_600;

function Rotate({ at, onRotated, onClose }: { at: At; onRotated: (secret: string) => void; onClose: () => void }) {
  const queries = useQueryClient();
  const rotate = async ({ overlap_s = '' }) => {
    const { secret } = await rotateSecret(at, Number(overlap_s));
    onRotated(secret);
    await queries.invalidateQueries({ queryKey: ['webhooks'] });
  };
  return (
    <Dialog
      open
      title={t('Replace the secret?')}
      description={t('For a while, messages are signed with both: give the receiver the new one within that time.')}
      onClose={onClose}
    >
      <Form submit={t('Replace')} sending={t('Replacing…')} onSubmit={rotate}>
        <SelectField
          label={t('The previous secret signs, too, for')}
          name="overlap_s"
          defaultValue={String(24 * hour_s)}
          choices={[
            { value: '0', label: t('not at all') },
            { value: String(hour_s), label: t('an hour') },
            { value: String(24 * hour_s), label: t('a day') },
            { value: String(7 * 24 * hour_s), label: t('a week') },
          ]}
        />
      </Form>
    </Dialog>
  );
}

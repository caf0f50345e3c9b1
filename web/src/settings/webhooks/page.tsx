import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { EventType, NewWebhook, Webhook } from 'baton-sdk';
import { useState } from 'react';
import { createWebhook, webhookPages } from '../../api/webhooks.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Form } from '../../ui/form.tsx';
import { Secret, useSecret } from '../../ui/secret.tsx';
import { Empty } from '../../ui/states.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { Section, WorkspaceSettings } from '../frame.tsx';
import { Paged } from '../paged.tsx';
import { useMay } from '../../desk/use-may.ts';
import { type Given, no_webhook } from './choice.ts';
import { WebhookFields } from './form.tsx';
import { hostOf, stateOf } from './state.ts';

/** `/w/W/settings/webhooks`: the addresses that events are sent to. */
export function Page() {
  const says = t(
    'Each event is sent to the addresses that want it, as a signed request, until the receiver accepts it.',
  );
  return (
    <WorkspaceSettings page="webhooks" says={says}>
      {(workspace) => <Webhooks workspace={workspace} />}
    </WorkspaceSettings>
  );
}

function Webhooks({ workspace }: { workspace: string }) {
  const may = useMay({ workspace_id: workspace }, 'create_webhook');
  const [creating, setCreating] = useState(false);
  const create = (
    <Button icon="add" disabled={!may.may} onClick={() => setCreating(true)}>
      {t('New webhook')}
    </Button>
  );
  return (
    <Section title={t('Where events go')} name="webhooks" act={create} may={may}>
      <Paged
        query={webhookPages(workspace)}
        loading={t('Loading the webhooks…')}
        failed={t('The webhooks could not be loaded')}
        none={
          <Empty
            title={t('No webhooks')}
            says={t('Create one to tell a chat, a build or a program of your own what happens here.')}
          />
        }
      >
        {(webhooks) => (
          <ul className="settings-entries" aria-label={t('Webhooks')}>
            {webhooks.map((webhook) => (
              <Row key={webhook.id} workspace={workspace} webhook={webhook} />
            ))}
          </ul>
        )}
      </Paged>
      {creating && <NewDialog workspace={workspace} onClose={() => setCreating(false)} />}
    </Section>
  );
}

function Row({ workspace, webhook }: { workspace: string; webhook: Webhook }) {
  const { id, url, description, types, failing_since } = webhook;
  const { kind, word, says } = stateOf(webhook);
  return (
    <li className="settings-entry">
      <div className="entry-what">
        <strong>
          <Link to="/w/$workspace/settings/webhooks/$webhook" params={{ workspace, webhook: id }}>
            {description === '' ? hostOf(url) : description}
          </Link>
        </strong>
        <span className="entry-more">
          {description !== '' && `${hostOf(url)} · `}
          {types === null
            ? t('all events')
            : t('{count, plural, one {# type of events} other {# types of events}}', { count: types.length })}
          {failing_since !== null && (
            <>
              {' '}
              · {t('failing since')} <Time at={failing_since} />
            </>
          )}
        </span>
        {says !== '' && <span className="entry-more">{says}</span>}
      </div>
      <div className="entry-acts">
        <Badge kind={kind}>{word}</Badge>
      </div>
    </li>
  );
}

function NewDialog({ workspace, onClose }: { workspace: string; onClose: () => void }) {
  const [given, setGiven] = useState<Given>(no_webhook);
  const [created, show, forget] = useSecret<NewWebhook>();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const create = async () => {
    const { types, project_ids, ...texts } = given;
    const body = { ...texts, types: types as EventType[] | null, project_ids: project_ids && [...project_ids] };
    show(await createWebhook(workspace, body));
    await queries.invalidateQueries({ queryKey: ['webhooks'] });
  };
  if (created !== undefined) {
    const done = () => {
      forget();
      onClose();
      void navigate({ to: '/w/$workspace/settings/webhooks/$webhook', params: { workspace, webhook: created.id } });
    };
    return (
      <Dialog open wide title={t('The webhook is created')}>
        <Secret
          label={t('Its secret')}
          says={t(
            'The receiver verifies messages with it. It is shown this once; later you can only give it another one.',
          )}
          value={created.secret}
          onDone={done}
        />
      </Dialog>
    );
  }
  return (
    <Dialog open wide title={t('New webhook')} onClose={onClose}>
      <Form submit={t('Create webhook')} sending={t('Creating…')} onSubmit={create}>
        <WebhookFields workspace={workspace} given={given} onChange={(changes) => setGiven({ ...given, ...changes })} />
      </Form>
    </Dialog>
  );
}

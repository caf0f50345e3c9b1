import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { Webhook } from 'baton-sdk';
import { type At, webhookQuery } from '../../api/webhooks.ts';
import { Icon } from '../../ui/icon.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { t } from '../../ui/text.ts';
import { WorkspaceSettings } from '../frame.tsx';
import { useMay } from '../../desk/use-may.ts';
import { Deliveries } from './deliveries.tsx';
import { Edit } from './edit.tsx';
import { Remove } from './remove.tsx';
import { SecretSection } from './secret-section.tsx';
import { State } from './state-section.tsx';

/** `/w/W/settings/webhooks/ID`: one webhook with its secret and deliveries. */
export function Page() {
  const { webhook = '' } = useParams({ strict: false });
  return (
    <WorkspaceSettings page="webhooks" title={t('Webhook')}>
      {(workspace) => <One at={{ workspace_id: workspace, webhook_id: webhook }} />}
    </WorkspaceSettings>
  );
}

/** The polling interval, in milliseconds: Baton may stop the webhook at any moment. */
const often_ms = 5_000;

function One({ at }: { at: At }) {
  const { data, error, refetch } = useQuery({ ...webhookQuery(at), refetchInterval: often_ms });
  const back = (
    <p>
      <Link to="/w/$workspace/settings/webhooks" params={{ workspace: at.workspace_id }} className="back">
        <Icon name="back" /> {t('All webhooks')}
      </Link>
    </p>
  );
  return (
    <>
      {back}
      {data === undefined && error !== null && (
        <Failed what={t('The webhook could not be loaded')} error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton label={t('Loading the webhook…')} />}
      {data !== undefined && <Parts at={at} webhook={data} />}
    </>
  );
}

function Parts({ at, webhook }: { at: At; webhook: Webhook }) {
  const may = useMay({ workspace_id: at.workspace_id }, 'update_webhook');
  return (
    <>
      <State at={at} webhook={webhook} may={may.may} />
      <Deliveries at={at} may={may.may} />
      <Edit at={at} webhook={webhook} may={may} />
      <SecretSection at={at} webhook={webhook} may={may.may} />
      <Remove at={at} webhook={webhook} may={may.may} />
    </>
  );
}

import type { OpenedView } from 'baton-sdk';
import type { Desk } from '../desk/desk.ts';
import { usePeople } from '../desk/use-desk.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import { hiddenOf } from './views.ts';

type Gone = OpenedView['gone'][number];

/** Describes something that a view names and the workspace no longer has. */
function said({ parameter, value }: Gone, nameOf: (id: string) => string | undefined): string {
  switch (parameter) {
    case 'project_id':
      return t('the project {project}, which is archived or not there', { project: value });
    case 'status':
      return t('the status {status}', { status: value.replaceAll('_', ' ') });
    case 'label':
      return t('the label {label}', { label: value });
    case 'assignee':
    case 'reporter':
    default:
      return t('{name}, who is no longer a member', { name: nameOf(value) ?? t('somebody') });
  }
}

/** Says what of a view no longer exists, or can't be shown here. */
export function ViewNote({ desk, view }: { desk: Desk; view: OpenedView }) {
  const { gone } = view;
  const people = gone.filter(({ parameter }) => parameter === 'assignee' || parameter === 'reporter');
  const nameOf = usePeople(
    desk,
    people.map(({ value }) => value),
  );
  const hidden = hiddenOf(view);
  if (gone.length === 0 && hidden.length === 0) return null;
  return (
    <p className="view-note" role="status">
      <Icon name="warning" />
      <span>
        {gone.length > 0 &&
          t('This view names what is gone: {things}.', {
            things: gone.map((one) => said(one, nameOf)).join('; '),
          })}{' '}
        {hidden.length > 0 &&
          t('A program gave it parameters that this page doesn’t apply: {names}.', { names: hidden.join(', ') })}
      </span>
    </p>
  );
}

/** Says that the view in the address doesn't exist. Its filters are in the address as well, so they still apply. */
export function ViewMissing({ onLeave }: { onLeave: () => void }) {
  return (
    <p className="view-note" role="status">
      <Icon name="warning" />
      <span>{t('This view was deleted, or is somebody’s own. Its filters are still here.')}</span>
      <Button kind="quiet" onClick={onLeave}>
        {t('Leave the view')}
      </Button>
    </p>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import type { Input, View } from 'baton-sdk';
import { useRef, useState } from 'react';
import { isCode } from '../api/problems.ts';
import { createView, updateView, viewQuery, type ViewBody } from '../api/views.ts';
import { roleNames } from '../api/words.ts';
import { useRole } from '../desk/use-desk.ts';
import { Check } from '../ui/check.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import { overlaps } from './save-view.ts';

interface DialogProps {
  workspace: string;
  /** The view to change; if undefined, a new view of what the page shows is created. */
  view?: View | undefined;
  shown?: Pick<Input<'create_view'>['body'], 'layout' | 'query'> | undefined;
  onSaved: (saved: View) => void;
  onClose: () => void;
}

/** Names a view, and chooses who sees it. */
export function ViewDialog({ workspace, view, shown = {}, onSaved, onClose }: DialogProps) {
  const queries = useQueryClient();
  const [base, setBase] = useState(view);
  const [name, setName] = useState(view?.name ?? '');
  const [shared, setShared] = useState(view?.shared ?? false);
  const first = useRef<HTMLInputElement>(null);

  const change = async (of: View): Promise<View> => {
    const body: ViewBody = { ...(name !== view?.name && { name }), ...(shared !== view?.shared && { shared }) };
    try {
      return await updateView(workspace, of, body);
    } catch (error) {
      if (!isCode(error, 'conflict')) throw error;
      const now = await queries.fetchQuery({ ...viewQuery(workspace, of.id), staleTime: 0 });
      setBase(now);
      if (overlaps(of, now, body)) throw error;
      return updateView(workspace, now, body);
    }
  };
  const save = async () => {
    const saved = base === undefined ? await createView(workspace, { ...shown, name, shared }) : await change(base);
    await queries.invalidateQueries({ queryKey: ['views', workspace] });
    toast({ text: t('The view {name} is saved', { name: saved.name }) });
    onSaved(saved);
    onClose();
  };
  return (
    <Dialog
      open
      title={view === undefined ? t('Save as a view') : t('The view {name}', { name: view.name })}
      description={
        view === undefined ? t('A view is a name for these filters, their order and this layout.') : undefined
      }
      onClose={onClose}
      first={first}
    >
      <Form
        submit={t('Save')}
        sending={t('Saving…')}
        onSubmit={save}
        told={{
          conflict: {
            title: t('Somebody else has changed it'),
            detail: t('It is called “{name}” now. Save again to overwrite that.', { name: base?.name ?? '' }),
          },
        }}
      >
        <TextField
          ref={first}
          label={t('Name')}
          name="name"
          value={name}
          maxLength={200}
          required
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Sharing workspace={workspace} shared={shared} onChange={setShared} />
      </Form>
    </Dialog>
  );
}

interface SharingProps {
  workspace: string;
  shared: boolean;
  onChange: (shared: boolean) => void;
}

/** Chooses who sees the view. A viewer can't share views. */
function Sharing({ workspace, shared, onChange }: SharingProps) {
  const is_viewer = useRole({ workspace_id: workspace }) === 'viewer';
  const hint = is_viewer
    ? t('Your role here is {role}: your views are your own.', { role: roleNames(['viewer']) })
    : t('They can open it; you and the admins can change it.');
  return (
    <Check
      name="shared"
      checked={shared}
      disabled={is_viewer}
      hint={hint}
      onChange={(event) => onChange(event.currentTarget.checked)}
    >
      {t('Every member sees it')}
    </Check>
  );
}

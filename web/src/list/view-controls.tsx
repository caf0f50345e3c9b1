import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { isCode } from '../api/problems.ts';
import { viewQuery } from '../api/views.ts';
import { useCommands } from '../commands/use-commands.ts';
import type { Desk } from '../desk/desk.ts';
import { Button } from '../ui/button.tsx';
import { t } from '../ui/text.ts';
import { useKeyOf, useMayChange, useViewActs } from './view-acts.ts';
import { ViewDialog } from './view-dialog.tsx';
import { ViewMenu } from './view-menu.tsx';
import { ViewMissing, ViewNote } from './view-note.tsx';
import { isAsSaved, linkTo, savedOver, type Shown, wantedOf } from './views.ts';
import './views.css';

type Search = Partial<Record<string, string>>;

/** The page's view: its name, whether the page differs from it, and the actions on it. */
export default function ViewControls({ desk, ...shown }: Shown & { desk: Desk }) {
  const { workspace_id: workspace } = desk;
  const { view: id, ...search }: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const { data, error } = useQuery({ ...viewQuery(workspace, id ?? ''), enabled: id !== undefined });
  const view = id === undefined ? undefined : data;
  const mayChange = useMayChange(workspace);
  const keyOf = useKeyOf(workspace);
  const { remove, save } = useViewActs(workspace);
  const [menu, setMenu] = useState(false);
  const [dialog, setDialog] = useState<'new' | 'edit'>();

  const is_changed = view !== undefined && !isAsSaved(view, shown);
  const may_change = view !== undefined && mayChange(view);
  const stay = (next: Search) => void navigate({ to: '.', search: next, resetScroll: false });
  const leave = () => stay(search);
  const reset = () => view !== undefined && void navigate(linkTo(workspace, view, keyOf));
  const drop = async () => {
    if (view !== undefined && (await remove(view))) leave();
  };

  useCommands({ views: () => setMenu(true), save_view: () => setDialog('new') });
  useCommands({ reset_view: reset }, () => is_changed);
  useCommands({ update_view: () => view && void save(view, savedOver(view, shown)) }, () => is_changed && may_change);
  useCommands({ edit_view: () => setDialog('edit'), delete_view: () => void drop() }, () => may_change);
  useCommands({ leave_view: leave }, () => id !== undefined);

  return (
    <>
      <ViewMenu {...{ workspace, view, is_changed, may_change }} open={menu} onOpenChange={setMenu} />
      {is_changed && may_change && (
        <Button kind="quiet" className="view-act" onClick={() => void save(view, savedOver(view, shown))}>
          {t('Save')}
        </Button>
      )}
      {is_changed && (
        <Button kind="quiet" className="view-act" onClick={reset}>
          {t('Reset')}
        </Button>
      )}
      {view !== undefined && <ViewNote desk={desk} view={view} />}
      {id !== undefined && isCode(error, 'not_found') && <ViewMissing onLeave={leave} />}
      {dialog === 'new' && (
        <ViewDialog
          workspace={workspace}
          shown={view === undefined ? wantedOf(shown) : savedOver(view, shown)}
          onSaved={(saved) => stay({ ...search, view: saved.id })}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'edit' && view !== undefined && (
        <ViewDialog workspace={workspace} view={view} onSaved={() => undefined} onClose={() => setDialog(undefined)} />
      )}
    </>
  );
}

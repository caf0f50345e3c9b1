import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { listenToKeys } from '../commands/listen.ts';
import { helping, searching } from '../commands/opened.ts';
import { keepTypedAhead } from '../commands/typed-ahead.ts';
import { useCommands } from '../commands/use-commands.ts';
import { useMay, useMayCreate } from '../desk/use-may.ts';
import { creating } from '../create/creating.ts';
import { prefer, preferences } from '../store/preferences.ts';
import { useSettingsCommands } from '../settings/use-settings-commands.ts';
import type { Place } from '../store/place.ts';
import { toast } from '../ui/toast.tsx';
import { leave } from './sign-out.ts';

/** Binds the commands that work on every page. */
export function useFrameCommands(place: Place | undefined): void {
  const navigate = useNavigate();
  const { workspace, project } = place ?? {};
  const { may: reads_audit } = useMay({ workspace_id: workspace ?? '' }, 'list_audit');
  const creates = useMayCreate({ workspace_id: workspace ?? '' }, project);
  useCommands({
    palette: () => searching.set(true),
    help: () => helping.set(true),
    new_workspace: () => void navigate({ to: '/new-workspace' }),
    theme_system: () => prefer({ theme: 'system' }),
    theme_light: () => prefer({ theme: 'light' }),
    theme_dark: () => prefer({ theme: 'dark' }),
    density: () => prefer({ density: preferences.get().density === 'compact' ? 'comfortable' : 'compact' }),
    sign_out: () => void leave(),
    ...(workspace !== undefined && {
      create: () => (creates.may ? creating.set({ workspace, project }) : toast({ kind: 'error', text: creates.why })),
      new_project: () => void navigate({ to: '/w/$workspace/new-project', params: { workspace } }),
      go_all: () => void navigate({ to: '/w/$workspace/list', params: { workspace } }),
      go_inbox: () => void navigate({ to: '/w/$workspace/inbox', params: { workspace } }),
    }),
    ...(workspace !== undefined &&
      reads_audit && { go_audit: () => void navigate({ to: '/w/$workspace/audit', params: { workspace } }) }),
    ...(workspace !== undefined &&
      project !== undefined && {
        go_analytics: () => void navigate({ to: '/w/$workspace/p/$project/analytics', params: { workspace, project } }),
        go_board: () => void navigate({ to: '/w/$workspace/p/$project/board', params: { workspace, project } }),
        go_list: () => void navigate({ to: '/w/$workspace/p/$project/list', params: { workspace, project } }),
      }),
  });
  useSettingsCommands(workspace);
  useEffect(listenToKeys, []);
  useEffect(keepTypedAhead, []);
}

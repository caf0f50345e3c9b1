import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useId } from 'react';
import { workspacesQuery } from '../api/workspaces.ts';
import { useDesk, useLive } from '../desk/use-desk.ts';
import { lastPlace } from '../store/place.ts';
import { Icon } from '../ui/icon.tsx';
import { Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';
import { Navigation, NavigationMenu } from './navigation.tsx';
import { type MyPage, my_pages, readsOf, type WorkspacePage, workspace_pages } from './pages.ts';
import { type May, useMay } from '../desk/use-may.ts';
import './settings.css';
import './entries.css';
import './tables.css';

interface FrameProps {
  workspace: string | undefined;
  page: WorkspacePage | MyPage;
  title: string;
  says?: React.ReactNode;
  wide?: boolean | undefined;
  children: React.ReactNode;
}

function Frame({ workspace, page, title, says, wide = false, children }: FrameProps) {
  return (
    <div className="settings">
      <Navigation workspace={workspace} page={page} />
      <div className={wide ? 'settings-page settings-wide' : 'settings-page'}>
        <header className="settings-head">
          <NavigationMenu workspace={workspace} page={page} />
          <Title tab={t('{title} · Settings', { title })}>{title}</Title>
          {says !== undefined && <p className="settings-says">{says}</p>}
        </header>
        {children}
      </div>
    </div>
  );
}

interface WorkspaceSettingsProps {
  page: WorkspacePage;
  title?: string;
  says?: React.ReactNode;
  wide?: boolean;
  children: (workspace: string) => React.ReactNode;
}

/** A settings page of the address's workspace. It tells those who may not read it why, and which roles may. */
export function WorkspaceSettings({ page, title, says, wide, children }: WorkspaceSettingsProps) {
  const { workspace = '' } = useParams({ strict: false });
  useLive(useDesk());
  const { data, error, refetch } = useQuery(workspacesQuery());
  const { may, why } = useMay({ workspace_id: workspace }, readsOf(page));
  const is_member = data?.some(({ id }) => id === workspace);
  return (
    <Frame workspace={workspace} page={page} title={title ?? workspace_pages[page]()} says={says} wide={wide}>
      {error !== null && data === undefined && (
        <Failed what={t('The workspace could not be loaded')} error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton label={t('Loading the settings…')} />}
      {is_member === false && (
        <NotForYou says={t('This workspace was deleted, or you are no member of it. Choose another one at the top.')} />
      )}
      {is_member === true && (may ? children(workspace) : <NotForYou says={why} />)}
    </Frame>
  );
}

const NotForYou = ({ says }: { says: string }) => (
  <div className="state">
    <h2>{t('This page is not for you to see')}</h2>
    <p>{says}</p>
  </div>
);

/**
 * A settings page of the signed-in account. The navigation beside it also has the pages of the workspace that was
 * visited last.
 */
export function MySettings({
  page,
  says,
  children,
}: {
  page: MyPage;
  says?: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <Frame workspace={lastPlace()?.workspace} page={page} title={my_pages[page]()} says={says}>
      {children}
    </Frame>
  );
}

interface SectionProps {
  title: string;
  says?: React.ReactNode;
  /** Shown beside the title. */
  act?: React.ReactNode;
  /** Whether the section may be changed, and the reason if not. */
  may?: May | undefined;
  danger?: boolean;
  /** The name for `focusSection`. */
  name?: string;
  children: React.ReactNode;
}

/** A section of a page, with its heading. */
export function Section({ title, says, act, may, danger = false, name, children }: SectionProps) {
  const id = useId();
  return (
    <section className={danger ? 'section section-danger' : 'section'} aria-labelledby={id}>
      <div className="section-head">
        <h2 id={id} tabIndex={-1} data-section={name}>
          {title}
        </h2>
        {act}
      </div>
      {says !== undefined && <p className="section-says">{says}</p>}
      {may !== undefined && <Why may={may} />}
      {children}
    </section>
  );
}

/** Says why what follows can’t be changed. */
export function Why({ may: { may, why } }: { may: May }) {
  if (may) return null;
  return (
    <p className="why">
      <Icon name="key" /> {why}
    </p>
  );
}

/** Focuses a section's heading, because the element that had the focus was removed. */
export function focusSection(name: string): void {
  // Wait until the dialog has closed.
  setTimeout(() => document.querySelector<HTMLElement>(`[data-section="${name}"]`)?.focus(), 50);
}

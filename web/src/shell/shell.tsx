import { Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { Suspense, useEffect, useState } from 'react';
import { restoreSession, session } from '../api/session.ts';
import { helping, searching } from '../commands/opened.ts';
import { creating } from '../create/creating.ts';
import { left } from '../desk/left.ts';
import { offered } from '../first-run/offered.ts';
import { Main } from '../ui/layers.tsx';
import { lazily, lazilySoon, prepare } from '../ui/lazily.ts';
import { Over, over } from '../ui/over.tsx';
import { Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Toasts } from '../ui/toast.tsx';
import { useCell } from '../ui/use-cell.ts';
import { useFrameCommands } from './frame-commands.ts';
import { Header } from './header.tsx';
import { Left, useNameOf } from './left.tsx';
import { useKeptPlace } from '../ui/use-place.ts';
import { asking } from './sign-out.ts';
import './shell.css';

const CreateTicket = lazilySoon(() => import('../create/dialog.tsx'));
const Palette = lazilySoon(() => import('../commands/palette.tsx'));
const InvitePeople = lazily(() => import('../first-run/invite-people.tsx'));
const Help = lazily(() => import('../commands/help.tsx'));
const LeaveDialog = lazilySoon(() => import('./leave-dialog.tsx'));
const SignInAgain = lazilySoon(() => import('./sign-in-again.tsx'));

/** The frame of the pages for a signed-in person: the header, messages, and the dialogs that open over any page. */
export function Shell() {
  const who = useCell(session);
  if (who.state === 'unknown' || who.state === 'failed') {
    return (
      <Main>{who.state === 'unknown' ? <Skeleton label={t('Loading…')} /> : <Unreachable error={who.error} />}</Main>
    );
  }
  if (who.state === 'out') return <ToSignIn />;
  return <Frame />;
}

/** Redirects to sign-in, which returns to the page that the person wanted. */
function ToSignIn() {
  // Remembers the first address: while the next page loads, the current address is already that of sign-in.
  const [next] = useState(useLocation({ select: ({ href }) => href }));
  return <Navigate to="/signin" search={next === '/' ? {} : { next }} replace />;
}

function Unreachable({ error }: { error: unknown }) {
  const what = t('Whether you are signed in could not be found out');
  return <Failed is_page what={what} error={error} onRetry={() => void restoreSession()} />;
}

function Frame() {
  const kept = useKeptPlace();
  const name = useNameOf(kept?.workspace);
  const is_left = useCell(left) === kept?.workspace && kept !== undefined;
  // After the person has opened another workspace, forget that they left this one; they may have been added again.
  useEffect(() => () => left.set(undefined), [kept?.workspace]);
  const place = is_left ? undefined : kept;
  useFrameCommands(place);
  useEffect(prepare, []);
  const has_ended = useCell(session).state === 'ended';
  useEffect(() => over.set(has_ended ? <SignInAgain /> : null), [has_ended]);
  const is_creating = useCell(creating) !== undefined;
  const offered_in = useCell(offered);
  const is_offered = place !== undefined && place.workspace === offered_in;
  return (
    <>
      <a href="#main" className="skip">
        {t('Skip to the page')}
      </a>
      <Header place={place} />
      <Main>
        <Suspense fallback={null}>{is_offered && <InvitePeople workspace={place.workspace} />}</Suspense>
        {is_left ? <Left name={name} /> : <Outlet />}
        <Suspense fallback={null}>
          {is_creating && <CreateTicket />}
          {useCell(searching) && <Palette place={place} />}
          {useCell(helping) && <Help />}
          {useCell(asking) !== undefined && <LeaveDialog />}
        </Suspense>
        <Over />
        <Toasts />
      </Main>
    </>
  );
}

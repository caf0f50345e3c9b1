import { Link } from '@tanstack/react-router';
import { Main } from '../ui/layers.tsx';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';
import './accounts.css';

/** The page around a single form, for somebody who is not signed in yet. */
export function AccountPage({ title, says, children }: { title: string; says?: string; children: React.ReactNode }) {
  return (
    <Main className="account">
      <div className="account-card">
        <Link to="/" className="mark" aria-label={t('Baton')}>
          <img src="/icon.svg" alt="" width="32" height="32" />
        </Link>
        <Title>{title}</Title>
        {says !== undefined && <p className="account-says">{says}</p>}
        {children}
      </div>
    </Main>
  );
}

import { Link } from '@tanstack/react-router';
import { Main } from '../ui/layers.tsx';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';

/** Shown for an unknown address. */
export function Missing() {
  return (
    <Main>
      <div className="state">
        <Title>{t('There is no such page')}</Title>
        <p>{t('The address is not complete, or it is of another version.')}</p>
        <Link to="/" className="button button-primary">
          {t('Go to your tickets')}
        </Link>
      </div>
    </Main>
  );
}

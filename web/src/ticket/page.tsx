import { t } from '../ui/text.ts';

export function Page() {
  return <h1>{t('Baton')}</h1>;
}

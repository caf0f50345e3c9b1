import type { ErrorComponentProps } from '@tanstack/react-router';
import { Failed } from '../ui/states.tsx';
import { t } from '../ui/text.ts';

/** Shown in place of a page that has failed. The frame around it stays. */
export function Broken({ error }: ErrorComponentProps) {
  return <Failed is_page what={t('This page could not be shown')} error={error} onRetry={() => location.reload()} />;
}

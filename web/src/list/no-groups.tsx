import { useQuery } from '@tanstack/react-query';
import { workflowQuery } from '../api/workspaces.ts';
import type { Desk } from '../desk/desk.ts';
import { Failed, Skeleton } from '../ui/states.tsx';

interface NoGroupsProps {
  desk: Desk;
  project: string | undefined;
  /** What is shown while the statuses are read, and if they could not be. */
  loading: string;
  failed: string;
  rows: number;
}

/** Shown until the statuses of a project are known: that they are being read, or why they could not be. */
export function NoGroups({ desk, project = '', loading, failed, rows }: NoGroupsProps) {
  const { error, refetch } = useQuery({ ...workflowQuery(desk.workspace_id, project), enabled: project !== '' });
  if (error !== null) return <Failed what={failed} error={error} onRetry={() => void refetch()} />;
  return <Skeleton rows={rows} label={loading} />;
}

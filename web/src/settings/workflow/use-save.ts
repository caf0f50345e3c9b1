import { useQueryClient } from '@tanstack/react-query';
import type { Input } from 'baton-sdk';
import { useState } from 'react';
import { type Failure, failureOf } from '../../api/problems.ts';
import { detailsOf, type Refusal, replaceWorkflow } from '../../api/workflows.ts';
import { workflowQuery } from '../../api/workspaces.ts';
import { t } from '../../ui/text.ts';
import { toast } from '../../ui/toast.tsx';
import { type Draft, mappingOf } from './draft.ts';
import type { Edited } from './use-draft.ts';

type Body = Input<'replace_workflow'>['body'];

/** The draft as it is sent, on top of the version that was seen. */
function bodyOf(draft: Draft, on_stale: 'refuse' | 'clear'): Body {
  const { statuses, initial, transitions, resolutions } = draft.mine;
  return {
    // Of the words that the server knows: they came from it, or from lists of them.
    statuses: statuses as Body['statuses'],
    transitions: transitions as unknown as Body['transitions'],
    initial: [...initial],
    resolutions: [...resolutions],
    version: draft.version,
    mapping: mappingOf(draft),
    on_stale,
  };
}

export interface Saving {
  busy: boolean;
  failure: (Failure & { details: readonly string[] }) | undefined;
  /** The dropped statuses that have tickets which go nowhere yet. */
  in_use: readonly { status: string; tickets: number }[];
  /** The tickets that would lose their resolution. */
  losing: readonly { status: string; resolution: string; tickets: number }[];
  /** Returns whether it was saved. */
  save: (on_stale?: 'refuse' | 'clear') => Promise<boolean>;
  /** Forgets what was refused: it is about something else now. */
  forget: () => void;
}

interface Given {
  workspace: string;
  project: string;
  edited: Edited;
}

/** Puts the draft in force; keeps it where it is refused, with what was said. */
export function useSave({ workspace, project, edited: { draft, discard } }: Given): Saving {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refusal>();
  const [failure, setFailure] = useState<Saving['failure']>();
  const queries = useQueryClient();
  const forget = () => {
    setRefused(undefined);
    setFailure(undefined);
  };
  const save: Saving['save'] = async (on_stale = 'refuse') => {
    setBusy(true);
    forget();
    const { queryKey } = workflowQuery(workspace, project);
    try {
      const saved = await replaceWorkflow(workspace, project, bodyOf(draft, on_stale));
      if ('code' in saved) {
        setRefused(saved);
        // What they have saved appears above, beside what is changed here.
        if (saved.code === 'stale') await queries.invalidateQueries({ queryKey });
        return false;
      }
      queries.setQueryData(queryKey, saved);
      discard();
      toast({ text: t('The workflow is in force: version {version}', { version: saved.version }) });
      await queries.invalidateQueries({ queryKey: ['projects'] });
      return true;
    } catch (error) {
      setFailure({ ...failureOf(error), details: detailsOf(error) });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    failure,
    in_use: refused?.code === 'status_in_use' ? refused.statuses : [],
    losing: refused?.code === 'resolution_in_use' ? refused.resolutions : [],
    save,
    forget,
  };
}

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

/** Builds the request that saves a draft, based on the version that the person saw. */
function bodyOf(draft: Draft, on_stale: 'refuse' | 'clear'): Body {
  const { statuses, initial, transitions, resolutions } = draft.mine;
  return {
    // The words are known to the server, because they came from it or from lists of its words.
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
  /** The removed statuses with tickets for which no target is chosen yet. */
  in_use: readonly { status: string; tickets: number }[];
  /** The tickets that would lose their resolution. */
  losing: readonly { status: string; resolution: string; tickets: number }[];
  /** Returns whether it was saved. */
  save: (on_stale?: 'refuse' | 'clear') => Promise<boolean>;
  /** Clears the refusal, because the draft has changed since. */
  forget: () => void;
}

interface Given {
  workspace: string;
  project: string;
  edited: Edited;
}

/** Returns a function that saves the draft. If the server refuses it, the draft stays, and the refusal is shown. */
export function useSave({ workspace, project, edited }: Given): Saving {
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
      const saved = await replaceWorkflow(workspace, project, bodyOf(edited.draft, on_stale));
      if ('code' in saved) {
        setRefused(saved);
        // The reload shows what they have saved above, beside the changes here.
        if (saved.code === 'stale') await queries.invalidateQueries({ queryKey });
        return false;
      }
      queries.setQueryData(queryKey, saved);
      edited.saved(saved);
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

import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Webhook } from 'baton-sdk';
import { useState } from 'react';
import { isCode } from '../../api/problems.ts';
import { type At, updateWebhook, webhookQuery } from '../../api/webhooks.ts';
import { projectsQuery } from '../../api/workspaces.ts';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import { t } from '../../ui/text.ts';
import { toast } from '../../ui/toast.tsx';
import { Section } from '../frame.tsx';
import { type Difference, Meanwhile } from '../meanwhile.tsx';
import type { May } from '../../desk/use-may.ts';
import { changedFields, changesOf, type Given, givenOf, onTopOf } from './choice.ts';
import { WebhookFields } from './form.tsx';
import { typeInWords } from './types.ts';

interface EditProps {
  at: At;
  webhook: Webhook;
  may: May;
}

/** Edits the webhook's address, description and filters. */
export function Edit({ at, webhook, may }: EditProps) {
  const [seen, setSeen] = useState(webhook);
  const [given, setGiven] = useState(givenOf(webhook));
  const [theirs, setTheirs] = useState<Webhook>();
  const queries = useQueryClient();
  const is_untouched = changedFields(givenOf(seen), given).length === 0;
  // The form is unchanged, so it shows what was saved elsewhere.
  if (webhook.version > seen.version && is_untouched && theirs === undefined) {
    setSeen(webhook);
    setGiven(givenOf(webhook));
  }
  /** Shows a saved webhook. What has been entered since the form showed `shown` stays. */
  const take = (saved: Webhook, shown?: Given) => {
    setSeen(saved);
    setGiven((entered) => onTopOf(givenOf(saved), shown ?? entered, entered));
    setTheirs(undefined);
  };
  const save = async () => {
    const on = theirs ?? seen;
    const wanted = theirs === undefined ? given : onTopOf(givenOf(theirs), givenOf(seen), given);
    try {
      take(await updateWebhook(at, { ...changesOf(givenOf(on), wanted), version: on.version }), given);
      toast({ text: t('The webhook is saved') });
      await queries.invalidateQueries({ queryKey: ['webhooks'] });
    } catch (error) {
      if (!isCode(error, 'conflict')) throw error;
      const found = await queries.fetchQuery({ ...webhookQuery(at), staleTime: 0 });
      // If only fields outside of this form have changed (it was paused, or its secret replaced), saving overwrites
      // nothing.
      if (changedFields(givenOf(seen), givenOf(found)).length > 0) return setTheirs(found);
      take(await updateWebhook(at, { ...changesOf(givenOf(found), given), version: found.version }), given);
      toast({ text: t('The webhook is saved') });
    }
  };
  const rows = useDifferences(at.workspace_id);
  return (
    <Section title={t('What is sent where')} may={may}>
      <fieldset className="may" disabled={!may.may}>
        <Form
          submit={theirs === undefined ? t('Save') : t('Save mine')}
          sending={t('Saving…')}
          onSubmit={save}
          beside={theirs !== undefined && <Button onClick={() => take(theirs)}>{t('Keep theirs')}</Button>}
        >
          <WebhookFields
            workspace={at.workspace_id}
            given={given}
            onChange={(changes) => setGiven({ ...given, ...changes })}
          />
          {theirs !== undefined && (
            <Meanwhile
              says={t('Somebody else changed the webhook meanwhile. Saving yours changes only what you have changed.')}
              rows={rows(givenOf(seen), given, givenOf(theirs))}
            />
          )}
        </Form>
      </fieldset>
    </Section>
  );
}

/** Returns a function that describes what somebody else has changed. */
function useDifferences(workspace: string) {
  const { data: projects = [] } = useQuery(projectsQuery(workspace));
  const projectName = (id: string) => projects.find((one) => one.id === id)?.name ?? id;
  const list = (values: readonly string[] | null, nameOf: (value: string) => string) =>
    values === null ? t('all') : values.map(nameOf).join(', ');
  const fields: Record<keyof Given, { name: string; show: (given: Given) => string }> = {
    url: { name: t('Address'), show: ({ url }) => url },
    description: { name: t('Description'), show: ({ description }) => description },
    types: { name: t('Events'), show: ({ types }) => list(types, typeInWords) },
    project_ids: { name: t('Projects'), show: ({ project_ids }) => list(project_ids, projectName) },
  };
  return (base: Given, mine: Given, theirs: Given): Difference[] =>
    changedFields(base, theirs).map((field) => {
      const { name, show } = fields[field];
      return { what: name, was: show(base), yours: show(mine), theirs: show(theirs) };
    });
}

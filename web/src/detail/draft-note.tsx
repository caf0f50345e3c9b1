import type { Draft } from '../store/drafts.ts';
import { Button } from '../ui/button.tsx';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import type { Typed } from './use-draft.ts';

/** How old a draft is. */
export function DraftAge({ draft }: { draft: Draft }) {
  return (
    <span className="faint">
      {t('Draft kept')} · <Time at={new Date(draft.saved_at).toISOString()} />
    </span>
  );
}

/** Offers to go on with a draft that was left behind, or to discard it. */
export function LeftDraft({
  draft,
  onContinue,
  onDiscard,
}: {
  draft: Draft;
  onContinue: () => void;
  onDiscard: () => void;
}) {
  return (
    <p className="left-draft">
      <span>
        {t('You have a draft that was not sent:')} <Time at={new Date(draft.saved_at).toISOString()} />
      </span>
      <Button kind="quiet" onClick={onContinue}>
        {t('Continue')}
      </Button>
      <Button kind="quiet" onClick={onDiscard}>
        {t('Discard')}
      </Button>
    </p>
  );
}

/** What was typed into the same field in another tab: nothing is lost, the person chooses. */
export function OtherTabs({ others, exchange, drop }: Pick<Typed, 'others' | 'exchange' | 'drop'>) {
  return others.map((other) => (
    <div key={other.stamp} className="other-tab">
      <p>
        {t('Another tab has a different draft of this:')} <Time at={new Date(other.saved_at).toISOString()} />
      </p>
      <blockquote>{other.text.slice(0, 300)}</blockquote>
      <Button onClick={() => exchange(other)}>{t('Use this one')}</Button>
      <Button kind="quiet" onClick={() => drop(other)}>
        {t('Discard it')}
      </Button>
    </div>
  ));
}

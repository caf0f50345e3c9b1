import type { Draft } from '../store/draft-texts.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import type { Typed } from './use-draft.ts';
import './drafts.css';

/** Shows how old a draft is. */
export function DraftAge({ draft }: { draft: Draft }) {
  return (
    <span className="faint">
      {t('Draft kept')} · <Time at={new Date(draft.saved_at).toISOString()} />
    </span>
  );
}

/** Offers to continue with an earlier draft, or to discard it. */
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

interface KeptProps {
  draft: Draft;
  /** Why it can't be sent any more. */
  why: string;
  onDiscard: () => void;
  children?: React.ReactNode;
}

/** Shows a draft that can't be sent any more, so that its text can be read and copied. */
export function KeptDraft({ draft, why, onDiscard, children }: KeptProps) {
  return (
    <div className="other-tab">
      <p>
        {t('You have a draft that was not sent:')} <Time at={new Date(draft.saved_at).toISOString()} />
      </p>
      <blockquote>{draft.text}</blockquote>
      <p className="faint">{why}</p>
      {children}
      <CopyButton of={t('your draft')} text={draft.text} />
      <Button kind="quiet" onClick={onDiscard}>
        {t('Discard')}
      </Button>
    </div>
  );
}

type OtherTabsProps = Pick<Typed, 'others' | 'exchange' | 'drop'> & {
  /** What they are, if not drafts of the same text. */
  says?: string;
  /** Formats a text for display; by default unchanged. */
  shown?: (text: string) => string;
};

/** Shows other drafts of the same field, mostly from other tabs, between which the person chooses. */
export function OtherTabs({ others, exchange, drop, says, shown = (text) => text }: OtherTabsProps) {
  return others.map((other) => (
    <div key={other.stamp} className="other-tab">
      <p>
        {says ?? t('There is another draft of this:')} <Time at={new Date(other.saved_at).toISOString()} />
      </p>
      <blockquote>{shown(other.text).slice(0, 300)}</blockquote>
      <Button onClick={() => exchange(other)}>{t('Use this one')}</Button>
      <Button kind="quiet" onClick={() => drop(other)}>
        {t('Discard it')}
      </Button>
    </div>
  ));
}

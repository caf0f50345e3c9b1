import type { Draft } from '../store/drafts.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import type { Typed } from './use-draft.ts';
import './drafts.css';

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

interface KeptProps {
  draft: Draft;
  /** Why it can't be sent any more. */
  why: string;
  onDiscard: () => void;
  children?: React.ReactNode;
}

/** A draft that can't be sent where it was typed: its text, to be read, copied and put elsewhere. */
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
  /** What is shown of a text; by default the text. */
  shown?: (text: string) => string;
};

/** What was typed into the same field in another tab: nothing is lost, the person chooses. */
export function OtherTabs({ others, exchange, drop, shown = (text) => text }: OtherTabsProps) {
  return others.map((other) => (
    <div key={other.stamp} className="other-tab">
      <p>
        {t('Another tab has a different draft of this:')} <Time at={new Date(other.saved_at).toISOString()} />
      </p>
      <blockquote>{shown(other.text).slice(0, 300)}</blockquote>
      <Button onClick={() => exchange(other)}>{t('Use this one')}</Button>
      <Button kind="quiet" onClick={() => drop(other)}>
        {t('Discard it')}
      </Button>
    </div>
  ));
}

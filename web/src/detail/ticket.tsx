import { isCode } from '../api/problems.ts';
import { restore } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import { projectKeyOf, useArchived, usePerson, useTicket } from '../desk/use-desk.ts';
import { type May, useMay } from '../desk/use-may.ts';
import type { KnownTicket } from '../store/changes.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Empty, Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import { DescriptionField } from './description-field.tsx';
import { FieldRefusals } from './field-refusals.tsx';
import { Fields } from './fields.tsx';
import { Files } from './files.tsx';
import { Head } from './head.tsx';
import { Story } from './story.tsx';
import { TitleField } from './title-field.tsx';
import { useLoaded } from './use-loaded.ts';
import './detail.css';

interface TicketProps {
  desk: Desk;
  /** The ticket's key or id. */
  reference: string;
  back?: React.ReactNode;
  /** Opens another ticket in place of this one. */
  onGo?: ((key: string) => void) | undefined;
  onClose?: (() => void) | undefined;
  /** Renders the heading with the title. */
  heading?: (title: string, key: string) => React.ReactNode;
}

const usual = (title: string) => <h2 className="ticket-title">{title}</h2>;

/** A whole ticket, beside a list or on its own page. */
export default function Ticket({ desk, reference, back, onGo, onClose, heading = usual }: TicketProps) {
  const { id, error, retry } = useLoaded(desk, reference);
  const ticket = useTicket(desk, id ?? '');
  if (ticket === undefined) {
    return (
      <>
        <div className="hidden">{heading(reference, reference)}</div>
        {error === undefined ? (
          <Skeleton label={t('Loading the ticket…')} />
        ) : (
          <Missing reference={reference} error={error} onRetry={retry} onClose={onClose} />
        )}
      </>
    );
  }
  return <Whole {...{ desk, ticket, back, onGo, onClose, heading }} />;
}

type WholeProps = Required<Pick<TicketProps, 'desk' | 'heading'>> &
  Pick<TicketProps, 'back' | 'onGo' | 'onClose'> & { ticket: KnownTicket };

function Whole({ desk, ticket, back, onGo, onClose, heading }: WholeProps) {
  const archived = useArchived(desk, projectKeyOf(ticket));
  const edits = useGate(useMay(desk, 'update_ticket'), ticket, archived);
  const comments = useGate(useMay(desk, 'create_comment'), ticket, archived);
  const files = useGate(useMay(desk, 'add_attachment'), ticket, archived);
  return (
    <article className="ticket" aria-label={ticket.key}>
      <Head {...{ desk, ticket, back, onGo, onClose }} may={edits.role} />
      <Banner {...{ desk, ticket, archived }} may={edits.role} />
      <div className="ticket-body">
        <TitleField desk={desk} ticket={ticket} may={edits.may}>
          {heading(ticket.title, ticket.key)}
        </TitleField>
        <aside className="ticket-side" aria-label={t('Fields of {key}', { key: ticket.key })}>
          <Fields desk={desk} ticket={ticket} may={edits.may} />
          <FieldRefusals desk={desk} ticket={ticket} />
          {!edits.role.may && <p className="faint">{edits.role.why}</p>}
          <p className="faint ticket-times">
            {t('Created')} <Time at={ticket.created_at} /> · {t('updated')} <Time at={ticket.updated_at} /> ·{' '}
            {t('version {version}', { version: ticket.version })}
          </p>
        </aside>
        <DescriptionField desk={desk} ticket={ticket} may={edits.may} />
        <Files desk={desk} ticket={ticket} may={files.may} />
        <Story desk={desk} ticket={ticket} may={comments.may} />
      </div>
    </article>
  );
}

/** Returns what the role allows, and what remains of that if the ticket is deleted or its project archived. */
function useGate(role: May, ticket: KnownTicket, archived: boolean): { role: May; may: May } {
  if (ticket.deleted_at !== null)
    return { role, may: { may: false, why: t('The ticket is deleted. Restore it first.') } };
  if (archived) return { role: { may: false, why: '' }, may: { may: false, why: t('The project is archived.') } };
  return { role, may: role };
}

interface BannerProps {
  desk: Desk;
  ticket: KnownTicket;
  archived: boolean;
  may: May;
}

/** The note above a read-only ticket: why it is read-only, and how to change that. */
function Banner({ desk, ticket, archived, may }: BannerProps) {
  const by = usePerson(desk, ticket.deleted_by ?? null)?.name;
  if (ticket.deleted_at !== null) {
    return (
      <div className="notice notice-danger ticket-banner" role="status">
        <Icon name="trash" />
        <p>
          {by === undefined
            ? t('{key} was deleted.', { key: ticket.key })
            : t('{key} was deleted by {by}.', { key: ticket.key, by })}{' '}
          <Time at={ticket.deleted_at} />
        </p>
        {may.may && <Button onClick={() => restore(desk, ticket)}>{t('Restore')}</Button>}
      </div>
    );
  }
  if (!archived) return null;
  return (
    <div className="notice ticket-banner" role="status">
      <Icon name="warning" />
      <p>{t('The project is archived: its tickets can be read and not changed.')}</p>
    </div>
  );
}

interface MissingProps {
  reference: string;
  error: unknown;
  onRetry: () => void;
  onClose: (() => void) | undefined;
}

function Missing({ reference, error, onRetry, onClose }: MissingProps) {
  if (!isCode(error, 'not_found')) {
    return <Failed what={t('The ticket could not be loaded.')} error={error} onRetry={onRetry} />;
  }
  return (
    <Empty title={t('{reference} isn’t here', { reference })} says={t('It was deleted, or it is not yours to see.')}>
      {onClose !== undefined && <Button onClick={onClose}>{t('Close')}</Button>}
    </Empty>
  );
}

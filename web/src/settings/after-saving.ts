/** Returns the text of a field after its form was saved: what has been typed since it was sent stays. */
export const afterSaving = (typed: string, { sent, saved }: { sent: string; saved: string }): string =>
  typed === sent ? saved : typed;

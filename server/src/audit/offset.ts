/** Returns the offset after the event with this number. */
export const offsetOf = (sequence: number) => String(sequence).padStart(16, '0');

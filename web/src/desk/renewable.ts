/** A list on the page, which is reloaded when events may have been missed. */
export interface Renewable {
  renew: () => Promise<void>;
  /** Whether it may contain tickets of this project. */
  covers: (project_id: string | null) => boolean;
}

export type Surroundings = 'project' | 'workflow' | 'member' | 'workspace' | 'view';

import { BatonApiError } from 'baton-sdk';
import { client } from './client.ts';
import type { FollowParts } from './follow.ts';

/** Opens a workspace's events as a stream. The browser's own EventSource can't send the access token. */
export const openEvents =
  (workspace_id: string): FollowParts['open'] =>
  (after, signal) =>
    fetch(`/v1/workspaces/${encodeURIComponent(workspace_id)}/events?after=${after}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${client.access_token ?? ''}` },
      cache: 'no-store',
      signal,
    });

/** Makes the client renew its access token, by sending a read. Returns whether the session is still valid. */
export async function renewToken(): Promise<boolean> {
  try {
    await client.get_me();
    return true;
  } catch (error) {
    if (error instanceof BatonApiError && error.status === 401) return false;
    throw error;
  }
}

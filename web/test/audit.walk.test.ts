import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExportVerifier } from '../../bin/verify-audit.ts';
import { numberEvents } from '../../proof/harness/events.ts';
import { originOf } from '../../server/src/audit/checkpoints.ts';
import { leafHash } from '../../server/src/ledger/merkle.ts';
import { logSigner, printed, signedNote, signingKey } from '../../server/src/ledger/note.ts';
import { look, type Stage, startStage, walks } from './browser.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

walks('the audit log', () => {
  let stage: Stage;
  let harbour: Harbour;
  let audit: string;
  beforeAll(async () => {
    stage = await startStage();
    harbour = await makeHarbour(stage);
    const { workspace_id, project_id, ada, grace } = harbour;
    audit = `/w/${workspace_id}/audit`;
    const body = { title: 'The crane drops its load', labels: ['crane'], assignee_id: grace.user.id };
    const { id: ticket, version } = await ada.client.create_ticket({ workspace_id, project_id, body });
    const title = 'The crane dropped its load';
    await ada.client.update_ticket({ workspace_id, ticket, body: { title, priority: 'high', version } });
    await grace.client.transition_ticket({ workspace_id, ticket, body: { to: 'in_progress', comment: 'On it.' } });
    await numberEvents(stage.server.database.url);
  }, 120_000);
  afterAll(() => stage.stop());

  const signer = () => {
    const { audit_name, audit_seed } = stage.server.config;
    return logSigner(originOf(audit_name, harbour.workspace_id), signingKey(audit_seed));
  };
  const entry = (page: Page, says: string) => page.locator('.entry').filter({ hasText: says });
  const verify = async (page: Page, says: string) => {
    await entry(page, says).locator('summary').click();
    await entry(page, says).getByRole('button', { name: 'Verify this entry' }).click();
  };

  test('shows who did what, filtered by the address', async () => {
    const { page, faults } = await openAs(stage, harbour.ada, audit);
    await entry(page, 'Grace Hopper moved ENG-1 from open to in progress').waitFor();
    await entry(page, 'Ada Lovelace edited title and priority of ENG-1').waitFor();
    await look(page, 'audit');

    await entry(page, 'Ada Lovelace edited').locator('summary').click();
    const changes = entry(page, 'Ada Lovelace edited').getByRole('table');
    await changes.getByRole('row', { name: 'title The crane drops its load The crane dropped its load' }).waitFor();
    await look(page, 'audit-entry');

    await page.getByRole('button', { name: 'Who: Anybody' }).click();
    await page.getByRole('menuitemradio', { name: 'Grace Hopper' }).click();
    await entry(page, 'Ada Lovelace edited').waitFor({ state: 'detached' });
    await page.getByLabel('Ticket, or id of a thing').fill('eng-1');
    await page.keyboard.press('Enter');
    await page.waitForURL(/actor=[\w-]{36}.*thing=eng-1/);
    await entry(page, 'Grace Hopper moved ENG-1').waitFor();
    await expect.poll(() => page.locator('.entry').count()).toBe(1);
    await page.reload();
    await entry(page, 'Grace Hopper moved ENG-1').waitFor();
    await page.getByLabel('To', { exact: true }).fill('2020-01-01');
    await page.getByRole('heading', { name: 'No entry matches' }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).first().click();
    await entry(page, 'Ada Lovelace created the workspace Harbour').waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'No entry matches' }).waitFor();
    expect(faults).toEqual([]);
  }, 120_000);

  test('verifies an entry in the browser, with the key that the person has entered', async () => {
    const { page, faults } = await openAs(stage, harbour.ada, audit);
    await page.getByText(/seen here for the first time/).waitFor();
    await verify(page, 'Grace Hopper moved');
    const proof = entry(page, 'Grace Hopper moved').getByRole('region', { name: 'Proof' });
    await proof.getByText(/^Verified: entry \d+ of \d+ is in the log baton/).waitFor();
    await proof.getByText('The signature was not checked: this browser doesn’t have the log’s key.').waitFor();

    await page.getByText('Root, key and signature').click();
    await page.getByLabel('Key of the log').fill('not a key');
    await page.keyboard.press('Enter');
    await page.getByText('This is no key of a log.').waitFor();
    await page.getByLabel('Key of the log').fill(printed(signer()));
    await page.keyboard.press('Enter');
    await page.getByText('Its signature is good.').waitFor();

    // The log has grown, and still contains what this browser saw before.
    const { workspace_id, ada } = harbour;
    await ada.client.create_comment({ workspace_id, ticket: 'ENG-1', body: { body: 'Thanks.' } });
    await numberEvents(stage.server.database.url);
    await page.getByRole('button', { name: 'Verify it again' }).click();
    await proof.getByText('The log has everything that this browser saw of it before.').waitFor();
    await proof.getByText(/signed by the log’s key/).waitFor();
    await look(page, 'audit-verified');
    expect(faults).toEqual([]);
  }, 120_000);

  test('that was rewritten is reported, even after a reload, until the person accepts it', async () => {
    const { page } = await openAs(stage, harbour.ada, audit);
    await page.getByText(/seen here for the first time/).waitFor();
    // Signed with the log's own key, as by somebody who has both the key and the database.
    const forged = signedNote({ origin: signer().name, size: 3, root: leafHash('another history') }, signer());
    await page.route('**/audit/checkpoint', (route) => route.fulfill({ contentType: 'text/plain', body: forged }));
    await page.getByRole('button', { name: 'Compare again' }).click();
    await page.getByRole('heading', { name: 'The log has lost entries' }).waitFor();
    await page.getByText('The log contradicts what this browser saw before.').waitFor();
    await look(page, 'audit-rewritten');
    await page.unroute('**/audit/checkpoint');
    await page.reload();
    await page.getByRole('heading', { name: 'The log has lost entries' }).waitFor();
    await page.getByRole('button', { name: 'It is explained: go on from the log as it is' }).click();
    await page.getByRole('button', { name: 'Forget it, and go on' }).click();
    await page.getByRole('heading', { name: 'The log has lost entries' }).waitFor({ state: 'detached' });
  }, 120_000);

  test('control: an entry that was changed in the server’s response is not verified', async () => {
    const { page } = await openAs(stage, harbour.ada, audit);
    await page.route('**/audit?*', async (route) => {
      const response = await route.fetch();
      const text = (await response.text()).replaceAll('"status":"in_progress"', '"status":"resolved"');
      await route.fulfill({ response, body: text });
    });
    await page.reload();
    await verify(page, 'Grace Hopper moved ENG-1 from open to resolved');
    await page.getByText(/could not be verified\. The log says something else than what is shown here/).waitFor();
  }, 300_000);

  test('is downloaded whole, and passes the verifier', async () => {
    const { page } = await openAs(stage, harbour.ada, audit);
    await page.getByRole('button', { name: 'Compare again' }).waitFor(); // wait for the result of the comparison, which moves the button
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the log' }).click(),
    ]);
    const verifier = new ExportVerifier({ key: printed(signer()) });
    const lines = readFileSync(await download.path(), 'utf8')
      .split('\n')
      .slice(0, -1);
    for (const line of lines) verifier.take(line);
    const { problems, size } = verifier.end();
    expect(problems).toEqual([]);
    expect(size).toBe(lines.length - 1);
    expect(size).toBeGreaterThan(5);
  }, 300_000);

  test('is for admins, and says so to a member', async () => {
    const { page, faults } = await openAs(stage, harbour.grace, audit);
    await page.getByText('The audit log is for admins').waitFor();
    await page.getByText('Your role here is member').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.type('audit');
    await page.getByText('Nothing is called so.').waitFor();
    expect(faults).toEqual([]);
  }, 300_000);
});

import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepNumbering } from '../../proof/harness/events.ts';
import { type Proxy, startProxy } from '../../proof/harness/proxy.ts';
import { look, type Stage, startStage, type Tab, walks } from './browser.ts';
import { type Harbour, makeHarbour, openAs } from './team.ts';

const patience = 300_000;

/** Polls a value until the expectation holds. */
const soon = <T>(look_again: () => Promise<T>) => expect.poll(look_again, { timeout: 30_000 });

/** Returns a chunk of a PNG. */
function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** Returns a square picture with a gradient. */
function makePicture(side: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2], 8); // red, green and blue, one byte each
  const rows = Array.from({ length: side }, (_, y) => [
    0,
    ...Array.from({ length: side }, (__, x) => [x, y, 200]).flat(),
  ]);
  const pixels = deflateSync(Buffer.from(rows.flat()));
  const start = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([start, chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

const picture = makePicture(240);

walks('attachments', () => {
  let stage: Stage;
  let numbering: ReturnType<typeof keepNumbering>;
  let harbour: Harbour;
  let line: Proxy;

  beforeAll(async () => {
    stage = await startStage({ BATON_MAX_ATTACHMENT_MIB: '1', BATON_MAX_ATTACHMENTS_PER_TICKET: '5' });
    numbering = keepNumbering(stage.server.database.url);
    harbour = await makeHarbour(stage);
    line = await startProxy(stage.server.url);
  }, patience);
  afterAll(async () => {
    await numbering.stop();
    await stage.stop();
    await line.close();
  });

  async function makeTicket() {
    const { workspace_id, ada } = harbour;
    const body = { title: 'The crane drops its load', description: 'Seen twice this week.' };
    const { key } = await ada.client.create_ticket({ workspace_id, project_id: 'ENG', body });
    const at = { workspace_id, ticket: key };
    const names = async () => (await ada.client.list_attachments(at)).data.map(({ name }) => name);
    return { at, names, where: `/w/${workspace_id}/t/${key}` };
  }

  const section = ({ page }: Tab) => page.getByRole('region', { name: 'Attachments' });
  const add = (tab: Tab, name: string, buffer: Buffer) =>
    tab.page.getByLabel('Files to add').setInputFiles({ name, mimeType: 'text/plain', buffer });

  test('are added by a button, shown, opened, and removed after a confirmation', { timeout: patience }, async () => {
    const { at, names, where } = await makeTicket();
    const tab = await openAs(stage, harbour.grace, where);
    const { page } = tab;
    const files = section(tab);
    await files.getByText('Drop files anywhere on the page, or paste them.').waitFor();
    const choosing = page.waitForEvent('filechooser');
    await files.getByRole('button', { name: 'Add files' }).click();
    const chooser = await choosing;
    await chooser.setFiles([
      { name: 'Überlast – 起重机.txt', mimeType: 'text/plain', buffer: Buffer.from('The brake is worn.') },
      { name: 'crane.png', mimeType: 'image/png', buffer: picture },
    ]);
    await files.getByRole('button', { name: 'Überlast – 起重机.txt', exact: true }).waitFor();
    await files.getByRole('button', { name: 'Show crane.png' }).waitFor();
    expect((await names()).toSorted()).toEqual(['crane.png', 'Überlast – 起重机.txt']);
    await files.getByText('18 bytes · Grace Hopper').waitFor();
    const drawn = () => page.evaluate<number>("document.querySelector('.file-picture > img')?.naturalWidth ?? 0");
    await soon(drawn).toBe(240);
    // A file that somebody else adds appears by itself.
    await harbour.ada.client.add_attachment({ ...at, name: 'plan.pdf', body: new Blob(['%PDF-1.7\n']) });
    await files.getByRole('button', { name: 'plan.pdf', exact: true }).waitFor();
    await page.getByText('added the file plan.pdf').waitFor();
    await look(page, 'attachments', { height: 1400 });

    await files.getByRole('button', { name: 'Show crane.png' }).click();
    await page.getByRole('img', { name: 'crane.png' }).waitFor();
    await look(page, 'attachments-picture');
    await page.keyboard.press('Escape');
    const saving = page.waitForEvent('download');
    await files.getByRole('button', { name: 'Überlast – 起重机.txt', exact: true }).click();
    expect((await saving).suggestedFilename()).toBe('Überlast – 起重机.txt');

    // She may remove her own files, and no others.
    expect(await files.getByRole('button', { name: /^Remove/ }).allInnerTexts()).toHaveLength(2);
    await files.getByRole('button', { name: 'Remove crane.png' }).click();
    await page.getByRole('dialog').getByText('crane.png is deleted permanently').waitFor();
    await page.keyboard.press('Escape');
    expect(await names()).toContain('crane.png');
    await files.getByRole('button', { name: 'Remove crane.png' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await files.getByRole('button', { name: 'Show crane.png' }).waitFor({ state: 'hidden' });
    await soon(names).not.toContain('crane.png'); // it is hidden before the server has responded
    await page.getByText('removed the file crane.png').waitFor();
    expect(tab.faults).toEqual([]);
    await page.context().close();
  });

  test('are added by dropping and pasting, but not if a text is pasted into a text field', {
    timeout: patience,
  }, async () => {
    const { names, where } = await makeTicket();
    const tab = await openAs(stage, harbour.grace, where);
    const { page } = tab;
    await section(tab).getByText('Drop files anywhere').waitFor();
    const give = (type: string, target: string, text = '') =>
      page.evaluate(
        `(() => {
          const data = new DataTransfer();
          data.items.add(new File(['Bytes'], ${JSON.stringify(`${type}.txt`)}, { type: 'text/plain' }));
          if (${JSON.stringify(text)} !== '') data.setData('text/plain', ${JSON.stringify(text)});
          const target = document.querySelector(${JSON.stringify(target)});
          const options = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
          const event = ${JSON.stringify(type)} === 'paste' ? new ClipboardEvent('paste', options) : new DragEvent(${JSON.stringify(type)}, options);
          target.dispatchEvent(event);
        })()`,
      );
    await give('dragover', 'main');
    await page.getByText('Drop the files to add them to ENG-').waitFor();
    await look(page, 'attachments-dropping');
    await give('drop', 'main');
    await page.getByText('Drop the files to add them').waitFor({ state: 'hidden' });
    await soon(names).toEqual(['drop.txt']);
    await give('paste', 'body');
    await soon(names).toEqual(['drop.txt', 'paste.txt']);
    await give('paste', 'textarea', 'A text from elsewhere');
    await give('paste', 'textarea');
    await soon(names).toEqual(['drop.txt', 'paste.txt', 'paste.txt']);
    // Those for a ticket that is being created are not for the one behind it.
    await page.keyboard.press('c');
    await page.getByRole('dialog').getByLabel('Description').waitFor();
    await give('paste', '[role=dialog] textarea');
    await give('drop', '[role=dialog] textarea');
    await page.getByText('Files can be added once the ticket is created.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await give('paste', 'body');
    await soon(names).toEqual(['drop.txt', 'paste.txt', 'paste.txt', 'paste.txt']);
    expect(tab.faults).toEqual([]);
    await page.context().close();
  });

  test('that are refused say why, and can be retried where that may help', { timeout: patience }, async () => {
    const { names, where } = await makeTicket();
    const { origin } = new URL(line.url);
    const tab = await stage.open('/signin');
    const { page } = tab;
    await page.goto(`${origin}/signin?next=${encodeURIComponent(where)}`);
    await page.getByLabel('E-mail address').fill(harbour.grace.email);
    await page.getByLabel('Password', { exact: true }).fill(harbour.grace.password);
    await page.keyboard.press('Enter');
    const files = section(tab);
    await files.getByText('Drop files anywhere').waitFor();
    await add(tab, 'large.bin', Buffer.alloc(2 ** 20 + 1));
    await files.getByText('large.bin was not added').waitFor();
    await files.getByText('The file is larger than this server takes.').waitFor();
    expect(await files.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    await look(page, 'attachments-refused');
    await files.getByRole('button', { name: 'Give large.bin up' }).click();
    await files.getByText('large.bin was not added').waitFor({ state: 'hidden' });

    line.turn('refusing');
    await add(tab, 'later.txt', Buffer.from('Later'));
    await files.getByText('The server can’t be reached.').waitFor();
    line.turn('fair');
    await files.getByRole('button', { name: 'Try again' }).click();
    await soon(names).toEqual(['later.txt']);

    for (const n of [2, 3, 4, 5]) {
      await add(tab, `${n}.txt`, Buffer.from('More'));
      await files.getByRole('button', { name: `${n}.txt`, exact: true }).waitFor();
    }
    await add(tab, 'sixth.txt', Buffer.from('More'));
    await files.getByText('5 is the most for: attachments of a ticket.').waitFor();
    expect(await names()).toHaveLength(5);
    await page.context().close();
  });
});

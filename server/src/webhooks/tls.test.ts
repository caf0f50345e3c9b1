import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Authority, type Credentials, makeAuthority } from '../../../proof/harness/certificates.ts';
import { Sender } from './send.ts';

let trusted: Authority;
let unknown: Authority;
let impostor: Authority;
const usual = tls.getCACertificates('default');

beforeAll(async () => {
  [trusted, unknown, impostor] = await Promise.all([makeAuthority(), makeAuthority('Unknown'), makeAuthority()]);
  tls.setDefaultCACertificates([...usual, trusted.certificate]);
});
afterAll(() => tls.setDefaultCACertificates(usual));

/** Sends a message to localhost, where somebody responds over TLS; gives how that ended and what came. */
async function sendTo(credentials: Credentials, options: tls.TlsOptions = {}) {
  const bodies: string[] = [];
  const server = createServer({ ...credentials, ...options }, (req, res) => {
    req.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
    req.on('end', () => res.writeHead(204).end());
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  const sender = new Sender({ allow_private: true, timeout_ms: 5_000 });
  onTestFinished(() => {
    sender.close();
    server.close();
  });
  const { status, error } = await sender.send({ url: `https://localhost:${port}/`, headers: {}, body: 'secret' });
  return { status, error, bodies };
}

test('a message is delivered over TLS to a receiver whose certificate is good', async () => {
  expect(await sendTo(await trusted.vouchFor('localhost'))).toEqual({ status: 204, error: null, bodies: ['secret'] });
});

test.each<[string, () => Promise<Credentials>, string]>([
  ['of another name', () => trusted.vouchFor('example.com'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['that has expired', () => trusted.vouchFor('localhost', { expired: true }), 'CERT_HAS_EXPIRED'],
  ['that nobody known has signed', () => unknown.vouchFor('localhost'), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['that another one of a known name has signed', () => impostor.vouchFor('localhost'), 'CERT_SIGNATURE_FAILURE'],
])('nothing of a message is sent to a receiver with a certificate %s', async (_, credentials, error) => {
  expect(await sendTo(await credentials())).toEqual({ status: null, error, bodies: [] });
});

test('nothing of a message is sent by a version of TLS that is broken', async () => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const credentials = await trusted.vouchFor('localhost');
  expect(await sendTo(credentials, old)).toMatchObject({
    status: null,
    error: 'EPROTO',
    bodies: [],
  });
  // Control: somebody who speaks that version gets through.
  const server = tls.createServer({ ...credentials, ...old }, (socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, resolve));
  onTestFinished(() => void server.close());
  const client = tls.connect({ port: (server.address() as AddressInfo).port, servername: 'localhost', ...old });
  await once(client, 'secureConnect');
  client.destroy();
});

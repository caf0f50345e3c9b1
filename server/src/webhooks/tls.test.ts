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

/** Sends a message over TLS to a receiver on localhost. Returns the outcome and the bodies that the receiver got. */
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

test('a message is delivered over TLS to a receiver with a valid certificate', async () => {
  expect(await sendTo(await trusted.vouchFor('localhost'))).toEqual({ status: 204, error: null, bodies: ['secret'] });
});

test.each<[string, () => Promise<Credentials>, string]>([
  ['for another name', () => trusted.vouchFor('example.com'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['that has expired', () => trusted.vouchFor('localhost', { expired: true }), 'CERT_HAS_EXPIRED'],
  ['signed by an unknown authority', () => unknown.vouchFor('localhost'), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [
    'signed by an impostor under a trusted authority’s name',
    () => impostor.vouchFor('localhost'),
    'CERT_SIGNATURE_FAILURE',
  ],
])('no part of a message is sent to a receiver with a certificate %s', async (_, credentials, error) => {
  expect(await sendTo(await credentials())).toEqual({ status: null, error, bodies: [] });
});

test('no part of a message is sent over a broken version of TLS', async () => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const credentials = await trusted.vouchFor('localhost');
  expect(await sendTo(credentials, old)).toMatchObject({
    status: null,
    error: 'EPROTO',
    bodies: [],
  });
  // Control: a client that allows this version can connect.
  const server = tls.createServer({ ...credentials, ...old }, (socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, resolve));
  onTestFinished(() => void server.close());
  const client = tls.connect({ port: (server.address() as AddressInfo).port, servername: 'localhost', ...old });
  await once(client, 'secureConnect');
  client.destroy();
});

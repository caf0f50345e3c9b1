import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A key and its certificate, in the form that servers take. */
export interface Credentials {
  key: string;
  cert: string;
}

/** A certificate authority that a test may trust. */
export interface Authority {
  certificate: string;
  /** Issues credentials for a host, valid for a day; `expired`: they expired yesterday. */
  vouchFor: (host: string, options?: { expired?: boolean }) => Promise<Credentials>;
}

const day_ms = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const { subtle } = webcrypto;
const newKeys = () => subtle.generateKey(algorithm, true, ['sign', 'verify']);
const at = (days: number) => new Date(Date.now() + days * day_ms);

/** Creates a certificate authority, which no client trusts by default. */
export async function makeAuthority(name = 'Authority of a test'): Promise<Authority> {
  const keys = await newKeys();
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: at(-3),
    notAfter: at(1),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    certificate: own.toString('pem'),
    vouchFor: async (host, { expired = false } = {}) => {
      const { publicKey, privateKey } = await newKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${host}`,
        issuer: own.subject,
        notBefore: at(-2),
        notAfter: at(expired ? -1 : 1),
        signingAlgorithm: algorithm,
        signingKey: keys.privateKey,
        publicKey,
        extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }])],
      });
      const bytes = Buffer.from(await subtle.exportKey('pkcs8', privateKey)).toString('base64');
      const key = `-----BEGIN PRIVATE KEY-----\n${bytes}\n-----END PRIVATE KEY-----\n`;
      return { key, cert: certificate.toString('pem') };
    },
  };
}

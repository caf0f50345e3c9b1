import { randomBytes } from 'node:crypto';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { inParallel, setStage } from '../stage.ts';
import type { Random } from '../random.ts';

/** A password, others that must not open its account, and others that must. */
interface Case {
  password: string;
  wrong: string[];
  right?: string[];
}

const lengths = [71, 72, 73, 74, 144, 256];

const edges: Case[] = [
  ...lengths.map((length): Case => {
    const password = 'a'.repeat(length);
    return {
      password,
      wrong: [`${password.slice(0, -1)}b`, password.slice(0, -1), `${password}a`, password.slice(0, 72)].filter(
        (one) => one !== password,
      ),
    };
  }),
  ...[17, 18, 19].map((count): Case => {
    const password = '😀'.repeat(count);
    return {
      password,
      wrong: [`${password}x`, `${password}😀`, '😀'.repeat(count - 1), `${'😀'.repeat(count - 1)}😁`],
    };
  }),
  { password: 'caf\u00e9 au lait', wrong: ['cafe au lait'], right: ['cafe\u0301 au lait'] },
  { password: 'cafe\u0301 au lait', wrong: ['cafe au lait'], right: ['caf\u00e9 au lait'] },
  { password: '\ufb01ne weather', wrong: ['fine weather'] },
  { password: ' Spaces Around ', wrong: ['Spaces Around', ' spaces around ', ' Spaces Around'] },
];

/** A random password, and others that differ from it in one character. */
function anyCase(random: Random): Case {
  const letters = Array.from('abcXYZ019 _-é😀ß漢');
  const password = Array.from({ length: 10 + random.below(110) }, () => random.pick(letters));
  const wrong = Array.from({ length: 3 }, () => {
    const at = random.below(password.length);
    return password.with(at, password[at] === 'q' ? 'r' : 'q').join('');
  });
  return { password: password.join(''), wrong };
}

const refused = [
  'correct\0horse battery',
  '\0'.repeat(12),
  'correct \ud83d horse',
  'correct horse \ude00',
  'too short',
  'a'.repeat(257),
];

async function tryOut(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run);
  const wire = new Wire(stage.url, 16);
  const violations: string[] = [];
  const post = (path: string, body: unknown) => wire.send({ method: 'POST', path: `/v1/auth/${path}`, body });
  const address = () => `${randomBytes(8).toString('hex')}@example.com`;
  const cases = [...edges, ...Array.from({ length: scaled(2000, size) }, () => anyCase(run.random))];
  let sign_ins = 0;
  await inParallel(cases.length, 16, async (n) => {
    const { password, wrong, right = [] } = cases[n] as Case;
    const email = address();
    const registered = await post('register', {
      email,
      password: n % 2 === 0 ? password : 'another password',
      name: 'A',
    });
    if (n % 2 === 1) {
      const { access_token: token } = JSON.parse(registered.text) as { access_token: string };
      const body = { current_password: 'another password', new_password: password };
      const { status } = await wire.send({ method: 'PUT', path: '/v1/me/password', token, body });
      if (status !== 200) violations.push(`${JSON.stringify(password)} can't be changed to: ${status}`);
    }
    const tries = [
      ...[password, ...right].map((one) => [one, 200] as const),
      ...wrong.map((one) => [one, 401] as const),
    ];
    for (const [one, expected] of tries) {
      const { status } = await post('login', { email, password: one });
      sign_ins++;
      // A password longer than the limit is refused before it is compared.
      const too_long = expected === 401 && one.length > 256 && status === 422;
      if (status !== expected && !too_long) {
        violations.push(`${status} to ${JSON.stringify(one)} where the password is ${JSON.stringify(password)}`);
      }
    }
    run.progress(n / cases.length);
  });
  for (const password of refused) {
    const { status } = await post('register', { email: address(), password, name: 'A' });
    if (status !== 422) violations.push(`${status} to registering with ${JSON.stringify(password)}`);
  }
  wire.close();
  return {
    load: { passwords: cases.length, sign_ins },
    figures: {},
    violations: [...violations, ...(await stage.strike())],
  };
}

const hash = ".update(`baton password ${password.normalize('NFC')}`)";

export const passwords: Check = {
  id: 'passwords',
  promises: ['P12', 'P29'],
  says: 'Every character of a password counts, however long the password is and however many bytes a character has. Two encodings of one character are equal.',
  run: tryOut,
  slice: 0.01,
  control_size: 0.005,
  controls: {
    'bcrypt without the pre-hash': {
      source: [
        {
          file: 'accounts/passwords.ts',
          find: 'return createHash(',
          replace: 'if (Date.now() > 0) return password.normalize("NFC");\n  return createHash(',
        },
      ],
    },
    'no normalisation': {
      source: [{ file: 'accounts/passwords.ts', find: hash, replace: '.update(`baton password ${password}`)' }],
    },
  },
};

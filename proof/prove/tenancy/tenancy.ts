import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { setStage } from '../stage.ts';
import { startServing } from '../../harness/served.ts';
import { Wire } from '../../harness/wire.ts';
import { takeAway, untriedFinals } from './finals.ts';
import { attacksOn, Battery, type Cell, rightfulOn } from './matrix.ts';
import { untriedIds } from './requests.ts';
import { allProcessed, changedRows, rowsOf } from './rows.ts';
import { rowLevelSecurity } from './predicates.ts';
import { tellingApart } from './timing.ts';
import { buildWorld } from './world.ts';

const full_load = 60_000;
const told_apart = 0.6;

/** The load: whole rounds of the matrix for the full size, a random part of it for less. */
function chosen(cells: Cell[], size: number): Cell[] {
  const wanted = scaled(full_load, size);
  if (wanted <= cells.length) return cells.slice(0, wanted);
  return Array.from({ length: Math.ceil(wanted / cells.length) }, () => cells).flat();
}

async function attack(run: Run, size: number): Promise<Finding> {
  const { mutant, random } = run;
  const { replace, ...sound } = mutant ?? {};
  const stage = await setStage({ ...run, mutant: mutant && sound });
  const world = await buildWorld(stage);
  // A sound build creates the world, and the broken one is attacked.
  const broken = replace && (await startServing({ database_url: stage.database.url, replace }));
  const wire = new Wire((broken ?? stage).url, 16);
  const battery = new Battery(wire, world);
  await allProcessed(stage.database, world);
  const before = await rowsOf(stage.database, world);
  const only = mutant?.other?.startsWith('only ') === true ? mutant.other.slice('only '.length) : undefined;
  const attacks = attacksOn(world, random).filter(({ shot }) => only === undefined || shot.operation.id === only);
  await battery.fire(chosen(attacks, size), run.progress);
  const changed = changedRows(before, await rowsOf(stage.database, world));
  const fired = battery.seen.requests;
  const apart = size >= 1 || mutant?.other === 'timed' ? await tellingApart(wire, world, scaled(1000, size, 150)) : {};
  const rightful = rightfulOn(world, random);
  await battery.fire(rightful.slice(0, scaled(rightful.length, size)));
  // In a world that a broken build has damaged, nothing may be left to remove.
  const kept = battery.seen.violations.length === 0 ? await takeAway(stage, wire, world) : [];
  wire.close();
  await broken?.stop();
  const { violations, leaks, answers, requests } = battery.seen;
  const telling = Object.entries(apart)
    .filter(([, auc]) => auc > told_apart)
    .map(([what, auc]) => `time tells whether a ${what} is there: AUC ${auc.toFixed(3)}`);
  return {
    load: {
      requests,
      attacks: fired,
      different: attacks.length + rightful.length,
      principals: world.principals.length,
    },
    figures: {
      leaks,
      responses: Object.entries(answers)
        .map(([status, count]) => `${count} × ${status}`)
        .join(', '),
      tables_compared: before.size,
      ...Object.fromEntries(Object.entries(apart).map(([what, auc]) => [`auc_${what}`, auc.toFixed(3)])),
    },
    violations: [
      ...untriedIds(),
      ...untriedFinals(),
      ...violations,
      ...changed,
      ...kept,
      ...telling,
      ...(await stage.strike()),
    ],
  };
}

const without_row_level_security = rowLevelSecurity('disable');
const membership = 'where m\\.workspace_id = \\$1 and m\\.user_id = \\$2';

export const tenancy: Check = {
  id: 'tenancy',
  promises: ['P7', 'P8', 'P10', 'P11'],
  says: 'For every operation and mixture of ids, every caller gets what the policy says. Outsiders learn and change nothing: a resource of another workspace looks like one that does not exist.',
  run: attack,
  alone: true,
  slice: 0.007,
  control_size: 0.05,
  controls: {
    'a token’s scopes are asked for by writes alone': {
      source: [
        {
          file: 'access/authorize.ts',
          find: 'const claim = claimOf(caller, line, workspace_id);\n  const actor',
          replace:
            'const claim = { ...claimOf(caller, line, workspace_id), access: line[0] as readonly Role[], lacks: undefined };\n  const actor',
        },
      ],
    },
    'a token’s scopes are asked for by reads alone': {
      source: [
        {
          file: 'access/authorize.ts',
          find: 'const claim = claimOf(caller, line, workspace_id);\n  besides',
          replace:
            'const claim = { ...claimOf(caller, line, workspace_id), access: line[0] as readonly Role[], lacks: undefined };\n  besides',
        },
        // The server first checks an unconfirmed caller as it checks a reader.
        {
          file: 'serving/serve.ts',
          find: 'else await confirm(caller, line, workspace_id);',
          replace: '',
        },
      ],
    },
    'anybody is a member': {
      replace: [[membership, 'where m.workspace_id = $$1 and $$2::uuid is not null']],
      ddl: [without_row_level_security],
    },
    'any role will do': {
      replace: [
        ['select m\\.role\\s+from', "select 'owner' as role from"],
        ['m\\.role = any \\(', "'owner' = any ("],
      ],
    },
    'tickets by id alone, and no second wall': {
      replace: [
        [
          't\\.workspace_id = (\\$\\d+) and p\\.workspace_id = (\\$\\d+)',
          '$1::uuid is not null and $2::uuid is not null',
        ],
      ],
      ddl: [without_row_level_security],
    },
    'invitations are revoked by id alone, and no second wall': {
      replace: [['where i\\.workspace_id = (\\$\\d+) and i\\.id', 'where $1::uuid is not null and i.id']],
      ddl: [without_row_level_security],
      other: 'only revoke_invitation',
    },
    'a workspace of others is forbidden, not absent': {
      replace: [
        [
          `select m\\.role\\s+from memberships m\\s+join workspaces w[^$]*${membership} and m\\.removed_at is null$`,
          `select coalesce((select m.role from memberships m ${membership.replaceAll('\\', '').replaceAll('$', '$$$$')}), 'nobody') as role
           from workspaces w where w.id = $$1 and w.deleted_at is null`,
        ],
      ],
    },
    'what is there takes longer': {
      replace: [
        [
          membership,
          `where (select case when exists (select 1 from workspaces x where x.id = app_workspace_id())
             then pg_sleep(0.002)::text else '' end) is not null and m.workspace_id = $$1 and m.user_id = $$2`,
        ],
      ],
      other: 'timed',
    },
  },
};

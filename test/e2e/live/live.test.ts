import { chmod, mkdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { bed, type EngineName, engineNames } from '../../bed/index.js';
import { cases, engines, heavy, outermost } from '../../circle.js';
import { until } from '../../until.js';
import { project, type TemporaryProject } from '../tasks/gulp.js';
import { Live, openPlace, type Place, type PlaceKind } from './place.js';

const SECTION = (more: string) => `name=busybox\ntag=latest\nprefix=False\n${more}\n`;
const WAITS = 'trap "exit 0" INT TERM; while :; do sleep 0.1; done';

const PLACES: readonly (readonly [PlaceKind, EngineName])[] = [
  ...engines().map((name): [PlaceKind, EngineName] => ['ssh', name]),
  ...cases([...engineNames].reverse()).map((name): [PlaceKind, EngineName] => ['local', name]),
  ...outermost([
    ['local', 'podman-5'],
    ['ssh', 'podman-4'],
    ['ssh', 'podman-5'],
    ['rootless', 'podman-5'],
  ] as const),
];
const SHOWN = {
  local: 'of this machine',
  ssh: 'over ssh',
  rootless: 'of a user without rights, over ssh',
  mounted: '',
};

for (const [kind, name] of PLACES) {
  describe(`live, synced to ${name} ${SHOWN[kind]}`, function () {
    this.timeout(600_000);
    let place: Place;
    let made: TemporaryProject;
    let live: Live;
    const at = (path: string) => join(made.folder, path);
    const contentOf = (path: string) => readFile(at(path), 'utf8').catch(() => '');
    const cameBack = async () => {
      await live.inside('mkdir -p /app/back/in; echo made there > /app/back/in/one');
      await until('what it wrote', async () => (await contentOf('src/back/in/one')) === 'made there\n');
      await live.told('brought back src/back/in/one');
    };

    before(async function () {
      this.timeout(600_000);
      place = await bed.orSkip(this, () => openPlace(kind, name));
      made = await project({
        '.dockerignore': 'node_modules\n**/*.log\n',
        'docker/run.cfg':
          '[run_image]\nsynthetic_images=app, torn\n' +
          `[app]\n${SECTION('volumes=-v {project_root}:/bin/app:ro -v {project_root}/conf/one.ini:/etc/deep/one.ini')}` +
          `args=--user 1234:2345 -v /bin/app/kept\nlive_ignore=secret, **/*.tmp, !src/wanted.tmp\ncmd=sh -c '${WAITS}'\n` +
          `[torn]\n${SECTION('volumes=-v {project_root}/src:/app')}live_back=src/back/**\ncmd=sh -c '` +
          // Whoever reads it at any moment sees letters of one kind, as many as there are.
          'while [ ! -e /app/end ]; do set -- $(sort -u /app/torn | wc -l) $(wc -l < /app/torn); [ "$*" = "1 2000" ] || echo torn $*; done; mkdir -p /app/back; echo at the end > /app/back/last; echo whole\'\n',
        'docker/base/Dockerfile': 'FROM busybox:latest\n',
        'src/a.txt': 'one\n',
        'src/debug.log': 'not wanted\n',
        'src/other.tmp': 'not wanted\n',
        'src/wanted.tmp': 'wanted\n',
        'secret/key': 'not wanted\n',
        'conf/one.ini': 'one\n',
        'kept/here': 'hidden by a volume\n',
        'src/torn': 'a\n'.repeat(2000),
      });
      await writeFile(at('src/run.sh'), '#!/bin/sh\n', { mode: 0o751 });
      await symlink('a.txt', at('src/link'));
      await utimes(at('src/a.txt'), 1_700_000_000, 1_700_000_000.25);
    });
    after(async () => {
      await made?.[Symbol.asyncDispose]();
      await place?.close();
    });

    describe('a container', () => {
      before(async function () {
        this.timeout(600_000);
        live = new Live(place, made.folder, 'live:app');
        await live.started();
      });
      after(() => live.kill('SIGKILL'));

      it('has the project as it is here, and nothing else', async () => {
        expect(await live.inside('cd /bin/app; find . -not -path "./.git*" | sort')).to.equal(
          `${['.', './.dockerignore', './conf', './conf/one.ini', './docker', './docker/base', './docker/base/Dockerfile', './docker/run.cfg', './gulpfile.mjs', './kept', './package.json', './src', './src/a.txt', './src/link', './src/run.sh', './src/torn', './src/wanted.tmp'].join('\n')}\n`,
        );
        expect(
          await live.inside(
            'cd /bin/app/src; stat -c "%n %u:%g %a %Y" a.txt; stat -c "%u:%g %a" run.sh .; readlink link',
          ),
        ).to.equal('a.txt 1234:2345 644 1700000000\n1234:2345 751\n1234:2345 755\na.txt\n');
        expect(await live.inside('cat /etc/deep/one.ini; touch /bin/app/x 2>&1')).to.match(
          /^one\ntouch: .*Read-only/,
        );
      });

      it('sees what is saved, renamed, replaced and taken away', async () => {
        await writeFile(at('src/a.txt'), 'two\n');
        await live.seen('cat /bin/app/src/a.txt', 'two\n');
        await writeFile(at('src/new'), 'three\n');
        await rename(at('src/new'), at('src/a.txt'));
        await chmod(at('src/run.sh'), 0o600);
        await writeFile(at('conf/one.ini'), 'four\n');
        await mkdir(at('src/deep/er'), { recursive: true });
        await writeFile(at('src/deep/er/file'), 'five\n');
        await live.seen(
          'cd /bin/app/src; cat a.txt /etc/deep/one.ini deep/er/file; stat -c %a run.sh',
          'three\nfour\nfive\n600\n',
        );
        await rename(at('src/deep'), at('src/moved'));
        await rm(at('src/link'));
        await mkdir(at('src/link'));
        await live.seen(
          'cd /bin/app/src; find link deep moved | sort',
          'find: deep: No such file or directory\nlink\nmoved\nmoved/er\nmoved/er/file\n',
        );
        await rm(at('src/moved'), { recursive: true });
        await rm(at('src/link'), { recursive: true });
        await live.seen('cd /bin/app/src; ls -1', 'a.txt\nrun.sh\ntorn\nwanted.tmp\n');
      });

      it('leaves nothing when it is interrupted', async () => {
        expect(await live.left()).to.not.be.empty;
        live.kill('SIGINT');
        expect(await live.ended(), live.stderr).to.be.oneOf([0, 'SIGINT', 130]);
        expect(await live.left(), live.stderr).to.deep.equal([]);
      });
    });

    const locally = kind === 'local' ? it : () => undefined;
    locally(
      'keeps what the container makes when its folder goes, and says where it stands in the way',
      async () => {
        live = new Live(place, made.folder, 'live:torn');
        try {
          await live.started();
          await mkdir(at('src/both'));
          await writeFile(at('src/both/ours'), '');
          await live.seen('ls /app/both', 'ours\n');
          await cameBack();
          await live.inside('touch /app/both/theirs; mkdir /app/taken');
          await rm(at('src/both'), { recursive: true });
          await live.seen('ls /app/both', 'theirs\n');
          await writeFile(at('src/taken'), '');
          await until('a warning', () => Promise.resolve(live.stderr.includes('src/taken was not synced: ')));
          await rm(at('src/taken'));
        } finally {
          live.kill('SIGTERM');
          await live.ended();
          await rm(at('src/back'), { recursive: true, force: true });
        }
      },
    );

    const overSsh = kind === 'local' ? () => undefined : it;
    // Moments of a link that is cut differ from run to run.
    heavy(() =>
      overSsh(
        'waits for a link that was lost, and goes on with what is here and what the container says by then',
        async () => {
          await writeFile(at('src/other'), '');
          live = new Live(place, made.folder, 'live:torn');
          try {
            await live.started();
            await cameBack();
            await live.inside('echo changed there > /app/a.txt');
            await place.link?.cut();
            await live.told('is lost; ');
            await live.inside('cd /app/back; echo alone > alone; echo changed there > in/one');
            await writeFile(at('src/back/in/one'), 'changed here\n');
            await writeFile(at('src/meanwhile'), 'saved without a link\n');
            await rm(at('src/other'));
            await writeFile(at('src/torn'), 'b\n'.repeat(1000));
            await place.link?.mend();
            await live.told('is back after ');
            expect(live.stderr).to.match(
              /live: the connection is back after .*: 4 brought up to date, 1 taken away$/m,
            );
            await live.seen(
              'cd /app; cat a.txt meanwhile; ls other',
              'one\nsaved without a link\nls: other: No such file or directory\n',
            );
            await until('what it wrote alone', async () => (await contentOf('src/back/alone')) === 'alone\n');
            await live.seen('cat /app/back/in/one', 'changed here\n');
            expect(await contentOf('src/back/in/one')).to.equal('changed here\n');
            // What it writes is heard again, and its end is that of the task.
            await until('its output', () => Promise.resolve(/^torn 1 1000$/m.test(live.stdout)));
            await writeFile(at('src/torn'), 'c\n'.repeat(2000));
            await writeFile(at('src/end'), '');
            expect(await live.ended(), live.stderr).to.equal(0);
            expect(live.stdout).to.match(/^whole$/m);
            expect(await live.left(), live.stderr).to.deep.equal([]);
          } finally {
            await place.link?.mend();
            live.kill('SIGKILL');
            for (const made of ['end', 'meanwhile', 'back'])
              await rm(at(`src/${made}`), { recursive: true, force: true });
          }
        },
      ),
    );

    overSsh(
      'shows no reader a file that is half written, and takes away what a killed one has left',
      async () => {
        live = new Live(place, made.folder, 'live:torn');
        try {
          await live.started();
          live.kill('SIGKILL');
          await live.ended();
          live = new Live(place, made.folder, 'live:torn');
          await until(
            'the second one',
            async () => (await live.containers('running')).length === 2 && live.stderr.includes('live:'),
          );
          await live.started();
          await cameBack();
          for (let save = 0; save < 50; save++) {
            // Otherwise it would be half written here, too, for a moment.
            await writeFile(at('src/torn.tmp'), `${'abc'[save % 3]}\n`.repeat(2000));
            await rename(at('src/torn.tmp'), at('src/torn'));
          }
          await writeFile(at('src/end'), '');
          expect(await live.ended(), live.stderr).to.equal(0);
          expect(/^torn .*/gm.exec(live.stdout)?.[0]).to.equal(undefined);
          expect(live.stdout).to.match(/^whole$/m);
          expect(await live.left(), live.stderr).to.deep.equal([]);
          expect(live.stderr).to.include('ended what earlier live sessions had left running');
          expect(await contentOf('src/back/last')).to.equal('at the end\n');
        } finally {
          live.kill('SIGKILL');
          for (const each of ['end', 'back']) await rm(at(`src/${each}`), { recursive: true, force: true });
        }
      },
    );
  });
}

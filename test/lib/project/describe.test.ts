import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  describeImage,
  type DescribeOptions,
  fillIn,
  type Image,
  imageNames,
  loadProject,
} from '../../../lib/project/index.js';
import { UserError } from '../../../lib/text/user-error.js';
import type { Word } from '../../../lib/text/word.js';
import { makeProject, projectWith, removeProjects, userErrorOf } from './projects.js';

const env = {
  USER: 'alice',
  HOME: '/home/alice',
  USERPROFILE: '/home/alice',
  LEVEL: 'debug',
  EMPTY: '',
  WORDS: 'a b',
};

function describeIn(root: string, name: string, options: Partial<DescribeOptions> = {}): Image {
  return describeImage(loadProject({ root, env }), name, { remote: false, env, ...options });
}

/** The image `dev` of a project with this run.cfg, or what is wrong with it. */
const dev = (runConfig: string, options?: Partial<DescribeOptions>) =>
  describeIn(projectWith(runConfig), 'dev', options);
const problems = (runConfig: string, name = 'dev', options?: Partial<DescribeOptions>) =>
  userErrorOf(() => describeIn(projectWith(runConfig), name, options)).message.split('\n');

const texts = (words: readonly Word[] | undefined) => words?.map(({ text }) => text);
const lines = (words: readonly Word[]) => words.map(({ origin }) => origin!.line);

describe('describeImage', () => {
  after(removeProjects);

  describe('names', () => {
    it('are project, image and user', () => {
      const root = projectWith('');
      expect(describeIn(root, 'dev')).to.include({
        name: 'dev',
        synthetic: false,
        folder: join(root, 'docker/dev'),
        dockerfile: join(root, 'docker/dev/Dockerfile'),
        repository: 'my-project-dev',
        tag: 'alice',
        reference: 'my-project-dev:alice',
      });
    });

    it('take name=, tag= and prefix= of the section', () => {
      expect(dev('[dev]\nname=x\ntag=experiment.2017.12.16\n').reference).to.equal(
        'my-project-x:experiment.2017.12.16',
      );
      for (const no of ['False', 'F', 'false', 'f', 'no', '0', 'off']) {
        expect(dev(`[dev]\nprefix=${no}\n`).reference).to.equal('dev:alice');
      }
      expect(dev('[dev]\nprefix=True\n').reference).to.equal('my-project-dev:alice');
      expect(dev('[dev]\ntag={user}-{image}\n').tag).to.equal('alice-dev');
    });

    it('take a tag and a whole name from the caller', () => {
      expect(dev('[dev]\ntag=x\nname=y\n', { tag: 'z' }).reference).to.equal('my-project-y:z');
      expect(dev('[dev]\nname=y\n', { repository: 'whole' }).reference).to.equal('whole:alice');
    });

    it('that no reference can hold are refused with their place', () => {
      expect(problems('[dev]\nname=Dev\n')).to.deep.equal([
        'docker/run.cfg:2: "my-project-Dev" is no image name: capital letters cannot stand in it',
      ]);
      expect(problems('[dev]\n\ntag=a/b\n')[0]).to.match(/^docker\/run\.cfg:3: "a\/b" is no image tag: /);
      expect(problems('[dev]\nprefix=no\nname=python:3\n')[0]).to.include('a tag cannot stand in it');
      expect(problems('', 'dev', { tag: '' })[0]).to.match(/^--tag: "" is no image tag/);
      expect(problems('', 'dev', { repository: 'A' })[0]).to.match(/^--image-name: "A" is no image name/);
      const root = makeProject({ 'docker/Dev/Dockerfile': '' });
      expect(userErrorOf(() => describeIn(root, 'Dev')).message).to.match(
        /^docker\/Dev: "my-project-Dev" is no/,
      );
    });
  });

  describe('which are no images', () => {
    it('do not hold an unknown one, with what may be meant', () => {
      expect(problems('', 'deb')).to.deep.equal([
        'unknown image "deb" (did you mean "dev"?); known are base, dev',
      ]);
      for (const name of ['__proto__', 'constructor', '', '.', '..', '../docker', 'a/b', '\0', 'DEFAULT']) {
        expect(problems('', name)[0]).to.match(/^unknown image /);
      }
    });

    it('do not hold a folder without a Dockerfile', () => {
      const root = makeProject({ 'docker/notes/readme': '' });
      expect(userErrorOf(() => describeIn(root, 'notes')).message).to.equal(
        'docker/notes has no Dockerfile, so it is no image',
      );
    });
  });

  describe('synthetic images', () => {
    const shell = (section: string, others = '') =>
      describeIn(projectWith(`[run_image]\nsynthetic_images=shell\n[shell]\n${section}\n${others}`), 'shell');

    it('run the image that they name', () => {
      expect(shell('name=dev\ncmd=sh')).to.include({ synthetic: true, reference: 'my-project-dev:alice' });
      expect(shell('name=dev').folder).to.match(/docker[/\\]dev$/);
    });

    it('under the name and tag that it is built as', () => {
      expect(shell('name=dev', '[dev]\nname=x\ntag=y\n').reference).to.equal('my-project-x:y');
      expect(shell('name=dev\ntag=z', '[dev]\ntag=y\n').reference).to.equal('my-project-dev:z');
      expect(shell('name=dev', '[dev]\nprefix=no\n').reference).to.equal('dev:alice');
    });

    it('not when that name or tag is wrong', () => {
      expect(() => shell('name=dev', '[dev]\ntag=$NOPE\n')).to.throw(
        UserError,
        'run.cfg:6: $NOPE is not set',
      );
    });

    it('or any image without the prefix', () => {
      const image = shell('name=registry.example.com:5000/team/python\nprefix=False\ntag=3.12');
      expect(image.reference).to.equal('registry.example.com:5000/team/python:3.12');
      expect(image).to.not.have.any.keys('folder', 'dockerfile');
    });

    it('need a name that is an image', () => {
      const root = '[run_image]\nsynthetic_images=shell\n';
      expect(problems(`${root}[shell]\ntag=x\n`, 'shell')).to.deep.equal([
        'docker/run.cfg:3: synthetic image "shell" needs name= in a section [shell]: the image that it runs (base, dev)',
      ]);
      expect(problems(`${root}[shell]\nprefix=no\n`, 'shell')[0]).to.include('needs name=');
      expect(problems(root, 'shell')[0]).to.match(
        /^docker\/run\.cfg:2: synthetic image "shell" needs name= in/,
      );
      expect(problems(`${root}[shell]\nname=deb\n`, 'shell')).to.deep.equal([
        'docker/run.cfg:4: name= of [shell] must be an image, found "deb" (did you mean "dev"?)',
      ]);
    });
  });

  describe('values', () => {
    it('are all those of the section', () => {
      const image = dev(
        [
          '[dev]',
          'environment=-e A=b -e "C=d e" --env-file x',
          'env=vars',
          'interactive=-it',
          'gpu=--gpus \'"device=0,1"\'',
          'network=back-net',
          'volumes=-v {project_root}:/src',
          'ports=-p 80:80 -p 1-2:1-2/udp',
          'args=--init --shm-size 1g',
          'cmd=sh -c "a; b"',
          'build_args=--build-arg V={version} --target x',
          'pull_FROM_on_force=True',
          'pre_build_script={project_root}/pre.sh --all',
          'post_build_script=sh -c "a && b"',
          'image_repo=registry.example.com/team',
          'publication_tag={account}.example.com/x:{version}, r/{image}:{tag}\n  r/y:{user}',
          'host=a, b@c:22\n  ssh://d@e',
          '[vars]',
          'PATH=/a b:/c',
          'path=it\'s "x"',
        ].join('\n'),
      );
      expect(texts(image.environment)).to.deep.equal(['-e', 'A=b', '-e', 'C=d e', '--env-file', 'x']);
      expect(texts(image.env)).to.deep.equal(['PATH=/a b:/c', 'path=it\'s "x"']);
      expect(texts(image.interactive)).to.deep.equal(['-it']);
      expect(texts(image.gpu)).to.deep.equal(['--gpus', '"device=0,1"']);
      expect(image.network!.text).to.equal('back-net');
      expect(texts(image.volumes)).to.deep.equal([
        '-v',
        `${image.folder!.replace(join('/docker/dev'), '')}:/src`,
      ]);
      expect(texts(image.ports)).to.deep.equal(['-p', '80:80', '-p', '1-2:1-2/udp']);
      expect(texts(image.args)).to.deep.equal(['--init', '--shm-size', '1g']);
      expect(texts(image.cmd)).to.deep.equal(['sh', '-c', 'a; b']);
      expect(texts(image.buildArgs)).to.deep.equal(['--build-arg', 'V={version}', '--target', 'x']);
      expect(image.pullFromOnForce).to.equal(true);
      expect(texts(image.preBuildScript)![1]).to.equal('--all');
      expect(texts(image.postBuildScript)).to.deep.equal(['sh', '-c', 'a && b']);
      expect(image.imageRepo?.text).to.equal('registry.example.com/team');
      expect(texts(image.publicationTags)).to.deep.equal([
        '{account}.example.com/x:{version}',
        'r/dev:alice',
        'r/y:alice',
      ]);
      expect(image.hosts.map(({ text }) => text)).to.deep.equal(['a', 'b@c:22', 'ssh://d@e']);
    });

    it('missing, are empty, and undefined where a default applies', () => {
      const image = dev('');
      expect(image).to.deep.include({
        environment: [],
        gpu: [],
        volumes: [],
        cmd: [],
        hosts: [],
        pullFromOnForce: false,
      });
      expect([image.interactive, image.network, image.imageRepo]).to.deep.equal(Array(3).fill(undefined));
      expect(dev('[dev]\ninteractive=\n').interactive).to.deep.equal([]);
      expect(texts(dev('[dev]\ninteractive=-e -t\n').interactive)).to.deep.equal(['-i', '-t']);
    });

    it('know their lines', () => {
      const image = dev('[dev]\nvolumes=-v a:b\n  # comment\n\n  -v "c\n  d":e\n  -v f:g\n');
      expect(texts(image.volumes)).to.deep.equal(['-v', 'a:b', '-v', 'c\nd:e', '-v', 'f:g']);
      expect(lines(image.volumes)).to.deep.equal([2, 2, 5, 5, 7, 7]);
    });

    it('know the line of what they take up', () => {
      const image = dev('[DEFAULT]\ncache=-v x:y\n[dev]\nvolumes=\n  -v a:b %(cache)s\n  -v c:d\n');
      expect(texts(image.volumes)).to.deep.equal(['-v', 'a:b', '-v', 'x:y', '-v', 'c:d']);
      expect(lines(image.volumes)).to.deep.equal([5, 5, 2, 2, 6, 6]);
    });

    it('may end a line with a backslash', () => {
      expect(texts(dev('[dev]\nvolumes=-v a:b \\\n  -v c:d\n').volumes)).to.deep.equal([
        '-v',
        'a:b',
        '-v',
        'c:d',
      ]);
    });

    it('of cmd may be a JSON array, as in a Dockerfile', () => {
      expect(texts(dev('[dev]\ncmd=["sh", "-c",\n  "a b"]\n').cmd)).to.deep.equal(['sh', '-c', 'a b']);
      expect(texts(dev('[dev]\ncmd=[ -f x ]\n').cmd)).to.deep.equal(['[', '-f', 'x', ']']);
    });

    it('come from DEFAULT only where the image has a section', () => {
      expect(dev('[DEFAULT]\nnetwork=n\n[dev]\n').network?.text).to.equal('n');
      expect(dev('[DEFAULT]\nnetwork=n\n').network).to.equal(undefined);
    });

    it('of <key>_docked are used where the engine is remote', () => {
      const config = '[dev]\nvolumes=-v a:b\nvolumes_docked=-v c:d\nnetwork=n\nname_docked=far\n';
      expect(texts(dev(config).volumes)).to.deep.equal(['-v', 'a:b']);
      const remote = dev(config, { remote: true });
      expect(texts(remote.volumes)).to.deep.equal(['-v', 'c:d']);
      expect(remote.network?.text).to.equal('n');
      expect(remote.repository).to.equal('my-project-far');
    });

    it('of an env section take what DEFAULT has beside the keys of images', () => {
      const image = dev('[DEFAULT]\nTZ=UTC\nnetwork=n\nA=0\n[dev]\nenv=vars\n[vars]\nA=1\nB=%(A)s%(tz)s\n');
      expect(texts(image.env)).to.deep.equal(['TZ=UTC', 'A=1', 'B=1UTC']);
    });
  });

  describe('replacement', () => {
    const args = (value: string) => texts(dev(`[dev]\nargs=${value}\n`).args);

    it('is done in every word', () => {
      const root = projectWith(
        '[dev]\ntag=t\nargs={project_root} {project} {project-name} {user} {home} {tag} {image}\n',
      );
      expect(texts(describeIn(root, 'dev').args)).to.deep.equal([
        root,
        'My Project',
        'My Project',
        'alice',
        '/home/alice',
        't',
        'dev',
      ]);
    });

    it('takes variables of the environment', () => {
      expect(args('$LEVEL ${LEVEL}s x$WORDS-y "$EMPTY"')).to.deep.equal(['debug', 'debugs', 'xa b-y', '']);
    });

    it('leaves dollars alone that are no names, and $$ is one', () => {
      expect(args('$$ $$LEVEL $${LEVEL} $ $1 $(x) a$')).to.deep.equal([
        '$',
        '$LEVEL',
        '${LEVEL}',
        '$',
        '$1',
        '$(x)',
        'a$',
      ]);
    });

    it('leaves JSON and templates alone', () => {
      const value = `'{"a":1}' '{{.State}}' '{{json .}}' '{{end}}' {} {a,b} '{ user }' '{a b}' {1}`;
      expect(args(value)).to.deep.equal([
        '{"a":1}',
        '{{.State}}',
        '{{json .}}',
        '{{end}}',
        '{}',
        '{a,b}',
        '{ user }',
        '{a b}',
        '{1}',
      ]);
      expect(args(`'{"user":"{user}"}' '{"n":{user}}'`)).to.deep.equal(['{"user":"alice"}', '{"n":alice}']);
    });

    it('does not look at what it has put in', () => {
      const image = dev('[dev]\nargs=$X\n', { env: { ...env, X: '$LEVEL {user} a  b' } });
      expect(texts(image.args)).to.deep.equal(['$LEVEL {user} a  b']);
    });

    it('is not done in cmd', () => {
      expect(texts(dev('[dev]\ncmd=sh -c "echo $HOME {x} {user} $$"\n').cmd)).to.deep.equal([
        'sh',
        '-c',
        'echo $HOME {x} {user} $$',
      ]);
    });

    it('names what it does not know', () => {
      expect(problems('[dev]\nargs=--a\n  {usr} $NOPE\n  ${toString}\nports=${LEVEL:-x}\n')).to.deep.equal([
        'docker/run.cfg:3: {usr} is unknown (did you mean "user"?); known are {project_root} {project} {project-name} {user} {home} {image} {tag}',
        'docker/run.cfg:3: $NOPE is not set in the environment (write $$ for a plain $)',
        'docker/run.cfg:4: $toString is not set in the environment (write $$ for a plain $)',
        'docker/run.cfg:5: ${LEVEL:-x} is a shell expansion; only $NAME and ${NAME} are replaced (write $$ for a plain $)',
      ]);
    });

    it('leaves what an operation fills in later', () => {
      expect(
        fillIn('{account}/x:{version} {{version}} {other} {toString}', { version: '1', account: 'a' }),
      ).to.equal('a/x:1 {{version}} {other} {toString}');
    });
  });

  describe('errors', () => {
    it('tell of unknown keys', () => {
      expect(problems('[dev]\nnetwrok=x\nVolume=y\nzzzzzz=1\n__proto__=1\n')).to.deep.equal([
        'docker/run.cfg:2: unknown key "netwrok" in [dev] (did you mean "network"?)',
        'docker/run.cfg:3: unknown key "Volume" in [dev] (did you mean "volumes"?)',
        'docker/run.cfg:4: unknown key "zzzzzz" in [dev]',
        'docker/run.cfg:5: unknown key "__proto__" in [dev]',
      ]);
      expect(problems('[DEFAULT]\nnetwrok=x\n[dev]\n')).to.deep.equal([
        'docker/run.cfg:2: unknown key "netwrok" in [DEFAULT] (did you mean "network"?)',
      ]);
    });

    it('do not tell of keys that another value takes up', () => {
      expect(texts(dev('[dev]\nport=80\nports=-p %(PORT)s:%(port)s\n').ports)).to.deep.equal(['-p', '80:80']);
      expect(texts(dev('[DEFAULT]\nv=-v %(dir)s:/x\nvolumes=%(v)s\n[dev]\ndir=/a\n').volumes)).to.deep.equal([
        '-v',
        '/a:/x',
      ]);
    });

    it('of one section stop that image alone', () => {
      const root = projectWith('[dev]\nnope=1\n[base]\ntag=x\n');
      expect(describeIn(root, 'base').tag).to.equal('x');
      expect(() => describeIn(root, 'dev'))
        .to.throw(UserError)
        .with.property('code', 'BAD_SECTION');
    });

    it('tell of values, with their places', () => {
      expect(
        problems(
          [
            '[dev]',
            'network=a b',
            'prefix=maybe',
            'interactive=-x',
            'env=vras',
            'volumes=-v a:b',
            "  -v 'c:d",
            'args=%(nope)s',
            'ports=%(ports)s',
            'cmd=a\\',
            '[vars]',
          ].join('\n'),
        ),
      ).to.deep.equal([
        'docker/run.cfg:2: network= of [dev] takes one word, found 2',
        'docker/run.cfg:3: prefix= of [dev] takes True or False, found "maybe"',
        'docker/run.cfg:4: interactive= of [dev] takes -it, -i, -t, -d or nothing, found "-x"',
        'docker/run.cfg:5: env= of [dev] names section [vras], which is not there (did you mean "vars"?)',
        "docker/run.cfg:7: the quote ' is not closed",
        'docker/run.cfg:8: %(nope)s names no key of [dev] or [DEFAULT]',
        'docker/run.cfg:9: values take up each other with %(key)s more than 10 levels deep',
        'docker/run.cfg:10: nothing follows the backslash at the end',
      ]);
    });

    it('tell of an env= that names an image’s own section', () => {
      expect(problems('[dev]\nenv=base\n[base]\ntag=x\n')).to.deep.equal([
        "docker/run.cfg:2: env= of [dev] names section [base], which is an image's own section",
      ]);
    });

    it('of keys that the operation does not use are left for later', () => {
      const config = '[dev]\npublication_tag=$REGISTRY/x\nhost=$HOSTS\n';
      expect(dev(config, { operation: 'build' }).publicationTags).to.deep.equal([]);
      expect(problems(config, 'dev', { operation: 'publish' })).to.have.length(1);
      expect(problems(config)).to.have.length(2);
    });
  });

  it('never fails otherwise, whatever run.cfg holds', () => {
    const fragment = fc.oneof(
      fc.constantFrom(
        '[dev]\n',
        '[DEFAULT]\n',
        '[run_image]\n',
        '[v]\n',
        '\n',
        '=',
        ': ',
        '  ',
        'args',
        'env=v\n',
        '%(',
        ')s',
        '%',
      ),
      fc.constantFrom(
        '$',
        '{',
        '}',
        '"',
        "'",
        '\\',
        'synthetic_images=x\n',
        'name=dev\n',
        'cmd=[',
        'tag=',
        '__proto__',
        '#',
        ';',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    const root = projectWith('');
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 30 }), (fragments) => {
        writeFileSync(join(root, 'docker/run.cfg'), fragments.join(''));
        try {
          const project = loadProject({ root, env });
          for (const name of imageNames(project)) {
            try {
              describeImage(project, name, { remote: true, env });
            } catch (error) {
              expect(error).to.be.instanceOf(UserError);
            }
          }
        } catch (error) {
          expect(error).to.be.instanceOf(UserError);
        }
      }),
      { numRuns: 200 },
    );
  });
});

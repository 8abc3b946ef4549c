import { UserError } from '../../text/user-error.js';
import type { Style } from '../types.js';
import type { Pieces } from './pieces.js';

/** Renders what git knows in one of versioneer's styles (`render_…` of versioneer 0.29). */
export function renderStyle(pieces: Pieces, style: Style): string {
  return RENDER[style](pieces);
}

/** The styles whose result depends on the branch: off `master`, they carry `.dev0`. */
export function dependsOnBranch(style: Style): boolean {
  return style === 'pep440-branch' || style === 'pep440-post-branch';
}

const RENDER: Record<Style, (pieces: Pieces) => string> = {
  // TAG[+DISTANCE.gHEX[.dirty]]
  pep440: (pieces) =>
    local(pieces, {
      tagged: (tag) => `${tag}${joint(tag)}${pieces.distance}.g${pieces.short}${dirtySuffix(pieces)}`,
      untagged: `0+untagged.${pieces.distance}.g${pieces.short}${dirtySuffix(pieces)}`,
    }),
  // TAG[[.dev0]+DISTANCE.gHEX[.dirty]]
  'pep440-branch': (pieces) => {
    const rest = `${pieces.distance}.g${pieces.short}${dirtySuffix(pieces)}`;
    return local(pieces, {
      tagged: (tag) => `${tag}${branchSuffix(pieces)}${joint(tag)}${rest}`,
      untagged: `0${branchSuffix(pieces)}+untagged.${rest}`,
    });
  },
  // TAG[.postN.devDISTANCE]
  'pep440-pre': (pieces) => {
    if (!pieces.tag) return `0.post0.dev${pieces.distance}`;
    if (pieces.distance === 0) return pieces.tag;
    const { release, post } = splitPost(pieces.tag);
    return `${release}.post${post === undefined ? 0 : post + 1}.dev${pieces.distance}`;
  },
  // TAG[.postDISTANCE[.dev0]+gHEX]
  'pep440-post': (pieces) => {
    const rest = `.post${pieces.distance}${pieces.dirty ? '.dev0' : ''}`;
    return local(pieces, {
      tagged: (tag) => `${tag}${rest}${joint(tag)}g${pieces.short}`,
      untagged: `0${rest}+g${pieces.short}`,
    });
  },
  // TAG[.postDISTANCE[.dev0]+gHEX[.dirty]]
  'pep440-post-branch': (pieces) => {
    const rest = `.post${pieces.distance}${branchSuffix(pieces)}`;
    return local(pieces, {
      tagged: (tag) => `${tag}${rest}${joint(tag)}g${pieces.short}${dirtySuffix(pieces)}`,
      untagged: `0${rest}+g${pieces.short}${dirtySuffix(pieces)}`,
    });
  },
  // TAG[.postDISTANCE[.dev0]]
  'pep440-old': (pieces) => {
    const rest = `.post${pieces.distance}${pieces.dirty ? '.dev0' : ''}`;
    return local(pieces, { tagged: (tag) => `${tag}${rest}`, untagged: `0${rest}` });
  },
  // TAG[-DISTANCE-gHEX][-dirty]
  'git-describe': (pieces) => {
    const described = pieces.distance === 0 ? pieces.tag : long(pieces);
    return `${pieces.tag ? described : pieces.short}${pieces.dirty ? '-dirty' : ''}`;
  },
  // TAG-DISTANCE-gHEX[-dirty]
  'git-describe-long': (pieces) =>
    `${pieces.tag ? long(pieces) : pieces.short}${pieces.dirty ? '-dirty' : ''}`,
};

function local(pieces: Pieces, forms: { tagged: (tag: string) => string; untagged: string }): string {
  if (!pieces.tag) return forms.untagged;
  return pieces.distance === 0 && !pieces.dirty ? pieces.tag : forms.tagged(pieces.tag);
}

/** A tag that has a local part already goes on with a dot. */
function joint(tag: string): string {
  return tag.includes('+') ? '.' : '+';
}

function dirtySuffix(pieces: Pieces): string {
  return pieces.dirty ? '.dirty' : '';
}

function branchSuffix(pieces: Pieces): string {
  return pieces.branch === 'master' ? '' : '.dev0';
}

function long(pieces: Pieces): string {
  return `${pieces.tag}-${pieces.distance}-g${pieces.short}`;
}

function splitPost(tag: string): { release: string; post?: number } {
  const parts = tag.split('.post');
  const [release = '', post] = parts;
  if (post === undefined || parts.length > 2) return { release };
  if (!/^\d*$/.test(post)) {
    throw new UserError(
      'BAD_TAG',
      `style pep440-pre cannot count on from the tag "${tag}": a number must follow ".post"; choose another style`,
    );
  }
  return { release, post: Number(post) };
}

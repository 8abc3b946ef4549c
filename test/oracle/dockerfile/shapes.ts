import type { Case } from './cases.js';

/** Lines of a Dockerfile: what stands here is in the forms that those of public projects have. */
function lines(...text: string[]): string {
  return text.join('\n') + '\n';
}

const WEB = lines(
  'ARG NODE=20',
  'FROM node:${NODE}-alpine AS deps',
  'COPY package.json yarn.lock* package-lock.json* ./',
  'RUN \\',
  '  if [ -f yarn.lock ]; then yarn --frozen-lockfile; \\',
  '  elif [ -f package-lock.json ]; then npm ci; \\',
  '  else echo "no lock file" && exit 1; \\',
  '  fi',
  '',
  'FROM deps AS builder',
  'COPY . .',
  'RUN npm run build',
  '',
  'FROM node:${NODE}-alpine AS runner',
  'COPY --from=builder --chown=1001:1001 /app/dist ./',
  'CMD ["node", "server.js"]',
);

const CROSS = lines(
  'ARG GO_VERSION=1.22',
  'FROM --platform=$BUILDPLATFORM tools/cross:1.4 AS xx',
  'FROM --platform=$BUILDPLATFORM golang:${GO_VERSION}-alpine AS gobase',
  'COPY --from=xx / /',
  'FROM gobase AS vendored',
  'RUN --mount=target=/context --mount=target=.,type=tmpfs --mount=target=/go/pkg/mod,type=cache <<EOT',
  '  set -e',
  '  rsync -a /context/. .',
  'EOT',
  'FROM scratch AS vendor-update',
  'COPY --from=vendored /out /',
  'FROM gobase AS build',
  'ARG TARGETPLATFORM',
  'RUN --mount=type=bind,target=. --mount=type=cache,target=/root/.cache go build -o /out/app .',
  'FROM scratch AS binary-unix',
  'COPY --link --from=build /out/app /',
  'FROM binary-unix AS binary-linux',
  'FROM binary-unix AS binary-darwin',
  'FROM windows-base AS binary-windows',
  'FROM binary-$TARGETOS AS binary',
  'FROM docker:24-dind AS e2e',
  'COPY --from=binary / /usr/bin/',
  'FROM binary',
);

const CHEF = lines(
  'ARG RUST_VERSION=1.75',
  'FROM chef:latest-rust-${RUST_VERSION} AS chef',
  'FROM chef AS planner',
  'RUN cargo chef prepare --recipe-path recipe.json',
  'FROM chef AS builder',
  'COPY --from=planner /app/recipe.json recipe.json',
  'FROM debian:bookworm-slim AS runtime',
  'COPY --from=builder /app/target/release/app /usr/local/bin',
);

const VARIANTS = lines(
  'ARG VARIANT=cpu',
  'ARG CUDA=12.1.1',
  'FROM python:3.11-slim AS base-cpu',
  'FROM nvidia/cuda:${CUDA}-runtime AS base-gpu',
  'FROM base-${VARIANT} AS final',
  'ENV PYTHONUNBUFFERED=1',
);

const PLATFORM_OF_DATA = lines(
  'ARG BASE_IMAGE="python:3.11-slim"',
  'FROM ${BASE_IMAGE} AS main',
  'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
  'ARG BASE_IMAGE',
  'ENV BASE_IMAGE=${BASE_IMAGE}',
  'COPY <<"EOF" /install.sh',
  '#!/usr/bin/env bash',
  'FROM nowhere',
  'EOF',
  'COPY <<"EOF" /entrypoint.sh',
  'exec "${@}"',
  'EOF',
  'RUN bash /install.sh dev',
  'FROM ${BASE_IMAGE}',
  'ARG BASE_IMAGE',
  'COPY --from=main /root/.local /root/.local',
);

const NOTEBOOK = lines(
  'ARG REGISTRY=quay.io',
  'ARG OWNER=notebooks',
  'ARG BASE_IMAGE=$REGISTRY/$OWNER/minimal-notebook',
  'FROM $BASE_IMAGE',
  'LABEL maintainer="someone"',
  'USER root',
  'RUN apt-get update --yes && \\',
  '    # a comment within',
  '    apt-get install --yes build-tools && \\',
  '    true',
);

const SITE = lines(
  'ARG COMPOSER_VERSION=2',
  'ARG PHP_VERSION=8.3',
  'FROM composer:${COMPOSER_VERSION} AS vendor',
  'FROM php:${PHP_VERSION}-fpm-alpine as php_base',
  'FROM php_base AS dev',
  'COPY --from=vendor /usr/bin/composer /usr/bin/composer',
  'FROM php_base AS prod',
  'COPY --from=vendor /usr/bin/composer /usr/bin/composer',
  'RUN --mount=type=cache,target=/tmp/cache composer install',
  'FROM nginx:1.25 AS web',
  'COPY --from=prod /srv/public /srv/public',
);

const DISTRIBUTION = lines(
  'FROM ubuntu:22.04 AS os',
  'RUN set -eux; \\',
  '\tsaved="$(apt-mark showmanual)"; \\',
  '\tarch="$(dpkg --print-architecture | awk -F- \'{ print $NF }\')"; \\',
  '\tcase "$arch" in \\',
  "\t\t'amd64') url='https://example.com/a' ;; \\",
  '\t\t*) echo >&2 "error: unsupported \'$arch\'"; exit 1 ;; \\',
  '\tesac; \\',
  '\t\\',
  '# some of the steps',
  '\ttrue',
  'COPY --from=busybox:musl /bin/busybox /bin/',
  'FROM os',
  'VOLUME ["/data"]',
  'EXPOSE 80/tcp',
  'HEALTHCHECK --interval=5m CMD curl -f http://localhost/ || exit 1',
  'STOPSIGNAL SIGQUIT',
);

const SERVICE = lines(
  '# escape=\\',
  '',
  'ARG TAG=latest',
  'ARG BUILDER=registry.example.com/team/builder',
  'FROM ${BUILDER}:${TAG} AS build',
  'RUN --mount=type=secret,id=token,required=true \\',
  '    --mount=type=ssh \\',
  '    --mount=type=cache,id=m2,target=/root/.m2 \\',
  '    mvn -B package',
  '',
  'FROM ${BUILDER%/builder}/runtime:${TAG}',
  'COPY --from=build --chmod=755 /app.jar /',
);

/** The forms that Dockerfiles of public projects have: cross compilation, caches, variants, one file for many targets. */
export const shapes: Case[] = [
  { dockerfile: WEB },
  { dockerfile: WEB, target: 'deps' },
  { dockerfile: CROSS },
  { dockerfile: CROSS, target: 'e2e' },
  { dockerfile: CROSS, target: 'vendor-update' },
  { dockerfile: CHEF },
  { dockerfile: CHEF, target: 'planner' },
  { dockerfile: VARIANTS },
  { dockerfile: VARIANTS, buildArgs: { VARIANT: 'gpu' } },
  { dockerfile: VARIANTS, buildArgs: { VARIANT: 'none' } },
  { dockerfile: PLATFORM_OF_DATA },
  { dockerfile: NOTEBOOK },
  { dockerfile: NOTEBOOK, buildArgs: { REGISTRY: '' } },
  { dockerfile: SITE },
  { dockerfile: SITE, target: 'dev' },
  { dockerfile: SITE, target: 'php_base' },
  { dockerfile: DISTRIBUTION },
  { dockerfile: SERVICE },
  { dockerfile: SERVICE, buildArgs: { BUILDER: 'our/builder', TAG: '7' } },
];

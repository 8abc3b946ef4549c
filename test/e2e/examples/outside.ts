import type { BaseImage } from '../../bed/index.js';
import { debianWheels } from './debian-wheels.js';
import { type Wheel, wheel } from './wheel.js';

interface Outside {
  /** `python:3.11-slim` unless given. */
  baseImages?: readonly BaseImage[];
  /** What it asks a Python package index for. */
  packages?: () => readonly Wheel[] | Promise<readonly Wheel[]>;
}

/** The test framework, with all that it needs. */
const PYTEST = ['pytest', 'pluggy', 'iniconfig', 'packaging', 'attr'];

/** What the examples find outside of themselves. */
export const outside: Readonly<Record<string, Outside>> = {
  cicd: {
    packages: () =>
      debian(...PYTEST, 'pytest-cov', 'coverage', 'flake8', 'pyflakes', 'pycodestyle', 'mccabe'),
  },
  'composed-pipeline': {
    baseImages: ['python:3.11-slim', 'busybox:latest'],
    packages: () => [
      wheel({
        name: 'markupsafe',
        version: '2.1.5',
        files: { 'markupsafe.py': 'from html import escape\n' },
      }),
    ],
  },
  dockerignore: { baseImages: ['busybox:latest'] },
  'live-edit': { packages: () => debian(...PYTEST) },
  'locked-down': { packages: () => [tabulate()] },
  notebook: { packages: () => [jupyterlab()] },
  services: {
    baseImages: ['python:3.11-slim', 'postgres:15'],
    packages: () => debian('pg8000', 'six', ...PYTEST),
  },
  swarm: { baseImages: ['busybox:latest'] },
  tensorflow: { packages: tensorflow },
};

const debian = (...names: string[]) => debianWheels(names.map((name) => `python3-${name}`));

function tabulate(): Wheel {
  return wheel({
    name: 'tabulate',
    version: '0.9.0',
    files: {
      'tabulate.py':
        'def tabulate(rows, headers):\n    return "\\n".join(f"{a:<8}{b}" for a, b in [tuple(headers), *rows])\n',
    },
  });
}

/** The command `jupyter lab`, which serves the files of its folder and, at /run, what a notebook's cell gives. */
const JUPYTER = `
import argparse
import http.server
import json


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/run":
            return super().do_GET()
        with open("notebooks/explore.ipynb") as file:
            *lines, last = json.load(file)["cells"][0]["source"]
        names = {}
        exec("".join(lines), names)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(eval(last, names)).encode())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["lab"])
    for flag in "--ip", "--port":
        parser.add_argument(flag, required=True)
    for flag in "--no-browser", "--allow-root":
        parser.add_argument(flag, action="store_true", required=True)
    given = parser.parse_args()
    server = http.server.ThreadingHTTPServer((given.ip, int(given.port)), Handler)
    print(f"Jupyter Server is running at http://127.0.0.1:{given.port}/lab", flush=True)
    try:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("Shut down this Jupyter server (y/[n])? ", flush=True)
            server.serve_forever()
    except KeyboardInterrupt:
        print("Shutting down")
`;

function jupyterlab(): Wheel {
  return wheel({
    name: 'jupyterlab',
    version: '4.2.5',
    entryPoints: '[console_scripts]\njupyter = jupyterlab:main\n',
    files: { 'jupyterlab/__init__.py': JUPYTER },
  });
}

/** As much of TensorFlow as the example uses; its GPUs are those that the NVIDIA runtime was asked for. */
const TENSORFLOW = `
import os

__version__ = "2.16.1"


class config:
    def list_physical_devices(kind):
        return ["GPU:0"] if kind == "GPU" and os.environ.get("NVIDIA_VISIBLE_DEVICES") else []


def reduce_mean(values):
    return sum(values) / len(values)
`;

/** Stand-ins for packages of gigabytes, with the names, versions and requirements of the real ones. */
function tensorflow(): Wheel[] {
  return [
    wheel({
      name: 'numpy',
      version: '1.26.4',
      files: { 'numpy/__init__.py': 'def array(values, dtype):\n    return values\n' },
    }),
    wheel({
      name: 'tensorflow-cpu',
      version: '2.16.1',
      requires: ['numpy<2,>=1.23.5'],
      files: { 'tensorflow/__init__.py': TENSORFLOW },
    }),
    wheel({
      name: 'tensorflow',
      version: '2.16.1',
      requires: ['numpy<2,>=1.23.5', 'nvidia-cuda-runtime-cu12==12.3.101; extra == "and-cuda"'],
      extras: ['and-cuda'],
      files: { 'tensorflow/__init__.py': TENSORFLOW },
    }),
    wheel({
      name: 'nvidia-cuda-runtime-cu12',
      version: '12.3.101',
      files: { 'nvidia/cuda_runtime/__init__.py': '' },
    }),
  ];
}

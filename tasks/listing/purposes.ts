/** What a kind of task does, to one image and to all of them; a kind that knows no images has `all` alone. */
export interface Purpose {
  image?: string;
  all?: string;
}

/** Of every kind of task, in the order in which they are shown. */
export const PURPOSES: Readonly<Record<string, Purpose>> = {
  genversion: { all: "Writes the project's version into _version.py.bld" },
  build: { all: 'Builds all images, in order', image: 'Builds an image' },
  clean: { all: 'Removes all images of the project', image: 'Removes an image' },
  run: { image: 'Runs an image as run.cfg says' },
  live: { image: 'Runs an image, and keeps it as the project is edited' },
  start: { image: 'Starts an image in the background, until it is ready' },
  stop: { all: 'Stops all that runs of the project', image: 'Stops what runs of an image' },
  logs: { image: 'Shows what an image that runs has written' },
  exec: { image: 'Runs a command in an image that runs already' },
  shell: { image: 'Opens a shell in an image that runs already' },
  ps: { all: 'Shows what runs of the project, and whether it is ready' },
  transfer: { image: 'Sends an image to other hosts, only what they lack' },
  'locked-down': { image: 'Builds an image on a server, from bases built here' },
  publish: { image: 'Uploads an image to a registry' },
  deploy: { image: 'Deploys an image to a swarm, as run.cfg says' },
  rollback: { image: 'Takes what is deployed back to what was before' },
  job: { image: 'Runs an image on a swarm, once for each index' },
  services: { all: 'Lists what is deployed, and which node has what' },
  graph: { all: 'Shows which image is built from which' },
  images: { all: 'Lists all images: built or not, size, age, where' },
  layers: { image: 'Shows the layers of an image: sizes, what made them, where they are' },
  config: {
    all: 'Shows the resolved configuration of all images',
    image: 'Shows the resolved configuration of an image',
  },
  doctor: { all: 'Says what is right, what is not, and what to do' },
  help: { all: 'Says what the tasks do; help:<kind> shows flags' },
};

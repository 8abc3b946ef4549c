/** What the examples import by name is, in this repository, the source beside them. */
declare module 'gulp-dockerutils' {
  export const dockerTasks: typeof import('../tasks/index.js').dockerTasks;
  export const DockerRegistry: typeof import('../tasks/index.js').DockerRegistry;
}

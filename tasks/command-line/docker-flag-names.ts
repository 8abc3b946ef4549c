/**
 * The names of all flags of `docker run` and `docker build`, with their letters, and nothing else of them: a gulp that
 * starts has no time for how their values are read. Kept equal to lib/run/flags and lib/build/flags by a test.
 */
export const DOCKER_FLAG_NAMES = {
  run: named(
    'add-host annotation attach:a blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile ' +
      'cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares:c cpus cpuset-cpus ' +
      'cpuset-mems detach:d detach-keys device device-cgroup-rule device-read-bps device-read-iops ' +
      'device-write-bps device-write-iops disable-content-trust dns dns-option dns-search domainname entrypoint ' +
      'env:e env-file expose gpus group-add health-cmd health-interval health-retries health-start-interval ' +
      'health-start-period health-timeout help hostname:h init interactive:i io-maxbandwidth io-maxiops ip ip6 ipc ' +
      'isolation kernel-memory label:l label-file link link-local-ip log-driver log-opt mac-address memory:m ' +
      'memory-reservation memory-swap memory-swappiness mount name network network-alias no-healthcheck ' +
      'oom-kill-disable oom-score-adj pid pids-limit platform privileged publish:p publish-all:P pull quiet:q ' +
      'read-only restart rm runtime security-opt shm-size sig-proxy stop-signal stop-timeout storage-opt sysctl tmpfs ' +
      'tty:t ulimit use-api-socket user:u userns uts volume:v volume-driver volumes-from workdir:w',
  ),
  build: named(
    'add-host allow annotation attest build-arg build-context builder cache-from cache-to call cgroup-parent check ' +
      'compress cpu-period cpu-quota cpu-shares:c cpuset-cpus cpuset-mems debug:D disable-content-trust file:f force-rm ' +
      'iidfile isolation label load memory:m memory-swap metadata-file network no-cache no-cache-filter output:o ' +
      'platform progress provenance pull push quiet:q rm sbom secret security-opt shm-size squash ssh tag:t target ulimit',
  ),
} as const;

/** Long names by name and by letter. */
function named(list: string): ReadonlyMap<string, string> {
  return new Map(
    list.split(' ').flatMap((entry) => {
      const [name = '', letter] = entry.split(':');
      return [[name, name] as const, ...(letter === undefined ? [] : [[letter, name] as const])];
    }),
  );
}

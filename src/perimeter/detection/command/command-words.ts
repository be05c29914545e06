/** Programs that an injected command calls: alone, or with an argument in the shape of one. */
const alone =
  'id whoami uname ifconfig ipconfig netstat ls dir pwd env printenv sysinfo systeminfo ps hostname tasklist phpinfo crontab set';
const withArgument =
  'cat tac nl type ping ping6 traceroute curl wget nc ncat netcat bash sh zsh dash ksh python python2 python3 perl ruby php node rm chmod chown kill sleep timeout echo printf nslookup dig host telnet ssh scp ftp tftp powershell pwsh cmd net netsh reg crontab tee base64 find grep egrep head tail more less cp mv touch mkdir useradd adduser awk sed xargs wmic certutil bitsadmin sudo su mysql psql ls dir id ps uname env ifconfig ipconfig netstat nohup exec eval source export tar dd whoami hostname df expr which set';
/** Short commands that are also words of tables and prose. */
const weak = 'id ls dir pwd env ps hostname set';
/** A text that begins with one of these is a shell example: a separator in it joins two legitimate commands. */
const tools =
  'cd npm npx yarn pnpm git docker kubectl sudo apt apt-get brew pip pip3 make cmake cargo go mkdir export source echo cat curl wget python python3 node ls grep tar ssh aws gcloud az helm terraform set printf touch cp mv rm';
const runners = 'system exec passthru shell_exec popen eval phpinfo proc_open assert pcntl_exec';

export const words = {
  all: new Set(`${alone} ${withArgument} ${runners}`.split(' ')),
  alone: new Set(alone.split(' ')),
  withArgument: new Set(withArgument.split(' ')),
  weak: new Set(weak.split(' ')),
  tools: new Set(tools.split(' ')),
  runners: new Set(runners.split(' ')),
};

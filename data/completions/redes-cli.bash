# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of redes-cli for bash.

_redes_cli ()
{
  local command=${COMP_WORDS[1]} current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local options=

  if [ "$COMP_CWORD" = 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "tracker peer search get history check demo help --help --version" -- "$current")
    return
  fi
  case $command in
    tracker)
      options="--listen --data-dir --nickname --heartbeat-timeout --max-peers --metrics --no-lan --lan-interface --classic --json --help --version"
      ;;
    peer)
      options="--listen --tracker --data-dir --download-dir --nickname --max-up --max-down --cache --max-folder-entries --no-lan --lan-interface --no-found-trackers --classic --classic-tracker --no-browse --exit-when-done --json --help --version"
      ;;
    search)
      options="--tracker --limit --wait --links --no-lan --lan-interface --json --help --version"
      ;;
    get)
      options="--tracker --output --only --list --stream --max-down --max-folder-entries --any-publisher --patience --wait --no-lan --lan-interface --json --help --version"
      ;;
    history)
      options="--data-dir --csv --clear --json --help --version"
      ;;
    check)
      options="--data-dir --read --json --help --version"
      ;;
    demo)
      options="--json --help --version"
      ;;
    help)
      mapfile -t COMPREPLY < <(compgen -W "tracker peer search get history check demo" -- "$current")
      return
      ;;
  esac
  case $previous in
    --data-dir | --download-dir)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
  esac
  case $current in
    -*)
      mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
      ;;
    *)
      [ "$command" = peer ] || [ "$previous" = -o ] || [ "$previous" = --output ] || return 0
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
  esac
}

complete -o filenames -F _redes_cli redes-cli

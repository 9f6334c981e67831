# Completion of pith, unpith and pithcat for bash.  Made by tools/make_docs.c from the
# table of options; edit that.
_pith()
{
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} word
    local choices=- archives= decoding='^(-[123456789zdtlbhVcfrkvq]*[dtl].*|--decompress|--uncompress|--test|--list)$'

    COMPREPLY=()
    # --name=value comes as three words
    if [[ $current == '=' ]]; then
        current=
    elif [[ $before == '=' ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi

    case $before in
    --level)
        choices='1 2 3 4 5 6 7 8 9' ;;
    --block-size)
        choices='1MiB 16MiB 64MiB 256MiB 1GiB' ;;
    --size-hint)
        choices='1MiB 16MiB 64MiB 256MiB 1GiB' ;;
    --max-size)
        choices='1MiB 16MiB 64MiB 256MiB 1GiB' ;;
    -e)
        choices='1 2 3 4 5 6 7 8 9' ;;
    -i)
        choices='' ;;
    --range)
        choices='' ;;
    --tensor)
        choices='' ;;
    --max-output)
        choices='1MiB 16MiB 64MiB 256MiB 1GiB' ;;
    -o | --output)
        return ;; # bash offers files by itself
    -S | --suffix)
        choices='' ;;
    -D | --prior)
        return ;; # bash offers files by itself
    --base)
        return ;; # bash offers files by itself
    --type)
        choices='' ;;
    --shape)
        choices='' ;;
    --points)
        choices='' ;;
    --grid)
        choices='' ;;
    -T | --threads)
        choices='0 1 2 4 8 16' ;;
    -M | --memory)
        choices='1MiB 16MiB 64MiB 256MiB 1GiB' ;;
    --map)
        choices='1MiB 16MiB 64MiB 256MiB 1GiB' ;;
    --color)
        choices='auto always never' ;;
    esac
    if [[ $choices != - ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
        compopt +o default 2>/dev/null
        return
    fi

    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W ' -z --compress -d --decompress --uncompress -t --test -l --list -b --bench --estimate --explain --ablate --train -h --help -V --version -1 -2 -3 -4 -5 -6 -7 -8 -9 --level= --block-size= --size-hint= --no-verify --max-size= -e -i --range= --tensor= --keep-going --max-output= -c --stdout --to-stdout -o --output= -S --suffix= -f --force -r --recursive -k --keep --rm -D --prior= --no-prior --base= --type= --shape= --points= --grid= --compact -T --threads= -M --memory= -v --verbose -q --quiet --map= --html --color= --json --progress' \
            -- "$current")
        [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] &&
            compopt -o nospace 2>/dev/null
        return
    fi

    [[ ${COMP_WORDS[0]##*/} =~ ^(unpith|pithcat)$ ]] && archives=1
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word =~ $decoding ]] && archives=1
    done
    [[ $archives ]] || return
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(
        compgen -d -- "$current"
        compgen -f -X '!*.pith' -- "$current"
    )
}
complete -o default -F _pith pith unpith pithcat

# Prints what zsh offers for a command line, one word a line:
#
#   zsh -f offers.zsh FOLDER_OF_COMPLETIONS WORKING_FOLDER 'pith -'
#
# Completion works only while a line is edited, so a second zsh is driven on a pseudo-terminal.  Its
# compadd is replaced by one that says what it was given.
zmodload zsh/zpty || exit 1
zpty shell "zsh -f -i"
zpty -w shell "PS1= PS2=; stty -echo cols 200; cd ${(q)2}; fpath=(${(q)1} \$fpath)"
zpty -w shell 'autoload -Uz compinit && compinit -u -D
compadd() {
    local -a matches
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    builtin compadd -A matches "$@"
    print -rl -- OFFER:${^matches} >>| $OFFERS
    builtin compadd "$@"
}
bindkey "^I" complete-word
zstyle ":completion:*" list-prompt ""'
offers=$(mktemp)
zpty -w shell "OFFERS=$offers; print R''EADY"
zpty -r shell said '*READY*' || exit 1
zpty -w -n shell "$3"$'\t'
zpty -w -n shell $'\C-u'
zpty -w shell "print D''ONE"
zpty -r shell said '*DONE*'
sed -n 's/^OFFER:\([^=]*\)=*$/\1/p' $offers
rm -f $offers
zpty -d shell

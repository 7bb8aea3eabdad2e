package console

// compare marks in two texts what only one of them has, by the longest that they have in
// common. What is masked is compared all the same.
func compare(then, now []line) {
	// Requests are short. Of long ones only the beginning and the end are compared.
	first := 0
	for first < len(then) && first < len(now) && then[first].raw == now[first].raw {
		first++
	}
	last := 0
	for last < len(then)-first && last < len(now)-first &&
		then[len(then)-1-last].raw == now[len(now)-1-last].raw {
		last++
	}
	a, b := then[first:len(then)-last], now[first:len(now)-last]
	if len(a)*len(b) > 1<<20 {
		mark(a, "gone")
		mark(b, "new")
		return
	}
	common := make([][]int, len(a)+1) // how many lines a[i:] and b[j:] have in common
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if a[i].raw == b[j].raw {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i].raw == b[j].raw:
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			a[i].Change = "gone"
			i++
		default:
			b[j].Change = "new"
			j++
		}
	}
	mark(a[i:], "gone")
	mark(b[j:], "new")
}

func mark(lines []line, change string) {
	for i := range lines {
		lines[i].Change = change
	}
}

// differs reports whether compare has marked something.
func differs(sides ...[]line) bool {
	for _, side := range sides {
		for _, l := range side {
			if l.Change != "" {
				return true
			}
		}
	}
	return false
}

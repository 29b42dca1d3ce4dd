"""`kizuna`: the commands of operators, and the processes of the Procfile."""
